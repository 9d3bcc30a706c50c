package maple.like.application.port.out;

import java.util.Optional;
import maple.like.application.Decider;
import maple.like.application.LikesUnavailableException;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;

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
 * Every method returns empty where the database is read and has no such character, and throws
 * {@link LikesUnavailableException} where no exact answer can be given. Safe for use by any number of threads.
 */
public interface LikeToggle {
    /** Applies a requested change to the relation of an account to a character. */
    Optional<Outcome> apply(AccountId account, GameCharacter character, LikeIntent intent);

    /** Reads a relation and its character's total, both of one moment. */
    Optional<LikeStatus> status(AccountId account, GameCharacter character);

    /** Reads a character's total. */
    Optional<LikeCount> count(GameCharacter character);

    /**
     * What a change found and left.
     *
     * @param status the status after the call
     * @param changed whether the call changed it
     * @param newDelta likes of the character that the database does not hold yet
     * @param decidedBy the store that decided
     */
    record Outcome(LikeStatus status, boolean changed, long newDelta, Decider decidedBy) {}
}
