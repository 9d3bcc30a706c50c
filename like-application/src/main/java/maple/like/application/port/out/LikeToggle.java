package maple.like.application.port.out;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maple.like.application.Decider;
import maple.like.application.IdempotencyKeyReusedException;
import maple.like.application.KeyUse;
import maple.like.application.LikesUnavailableException;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/**
 * Changes and reads likes.
 *
 * <ul>
 *   <li>Concurrent calls for one relation, from any number of instances, behave as if they ran one after another.
 *   <li>An answer includes every change acknowledged before the call, and a change includes itself.
 *   <li>A call that returns has made its change; a call that throws {@link LikesUnavailableException} may have made it.
 *   <li>A change that finds the relation as intended changes nothing. Reading changes nothing.
 * </ul>
 *
 * Every method returns nothing of a character that the database is asked for and does not have, and throws
 * {@link LikesUnavailableException} where no exact answer can be given. Safe for use by any number of threads.
 */
public interface LikeToggle {
    /**
     * Applies a requested change to the relation of an account to a character.
     *
     * @param use makes the change safe to repeat: where this account used the same key before, nothing changes, and the
     *     outcome says what the relation became then, with the total of now. Null for a change without a key
     * @throws IdempotencyKeyReusedException if this account used the same key for another character
     */
    Optional<Outcome> apply(AccountId account, GameCharacter character, LikeIntent intent, @Nullable KeyUse use);

    /** Applies a requested change without an idempotency key. */
    default Optional<Outcome> apply(AccountId account, GameCharacter character, LikeIntent intent) {
        return apply(account, character, intent, null);
    }

    /**
     * Reads relations, each with its character's total of the same moment. They are read together, in one call for each
     * partition, side by side.
     */
    Map<Relation, LikeStatus> statuses(Collection<Relation> relations);

    /** Reads the totals of characters, together as {@link #statuses}. */
    Map<GameCharacter, LikeCount> counts(Collection<GameCharacter> characters);

    /** Reads a relation and its character's total, both of one moment. */
    default Optional<LikeStatus> status(AccountId account, GameCharacter character) {
        Relation relation = new Relation(account, character);
        return Optional.ofNullable(statuses(List.of(relation)).get(relation));
    }

    /** Reads a character's total. */
    default Optional<LikeCount> count(GameCharacter character) {
        return Optional.ofNullable(counts(List.of(character)).get(character));
    }

    /** A relation, and the character that it is to. */
    record Relation(AccountId account, GameCharacter character) {
        /** The relation alone. */
        public RelationKey key() {
            return new RelationKey(account, character.ocid());
        }
    }

    /**
     * What a change found and left.
     *
     * @param status the status after the call
     * @param changed whether the call changed it
     * @param newDelta likes of the character that the database does not hold yet
     * @param decidedBy the store that decided
     * @param repeated whether a call with the same idempotency key came before, whose answer this is
     */
    record Outcome(LikeStatus status, boolean changed, long newDelta, Decider decidedBy, boolean repeated) {
        /** The outcome of a call that is no repetition. */
        public Outcome(LikeStatus status, boolean changed, long newDelta, Decider decidedBy) {
            this(status, changed, newDelta, decidedBy, false);
        }

        /** The outcome of a repetition. */
        public static Outcome repeated(boolean liked, LikeCount likeCount, long newDelta, Decider decidedBy) {
            return new Outcome(new LikeStatus(liked, likeCount), false, newDelta, decidedBy, true);
        }
    }
}
