package maple.like.application;

import java.time.Instant;
import maple.like.domain.AccountId;
import maple.like.domain.IdempotencyKey;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;

/**
 * What a change with an idempotency key was answered. A store that knows it knows the change, too, and the other way round.
 *
 * @param account the account that sent the key
 * @param key the key, unique among those of the account
 * @param target the character whose relation was changed
 * @param liked what the relation became
 * @param expiresAt until when the answer is kept, in milliseconds
 */
public record KeptAnswer(AccountId account, IdempotencyKey key, Ocid target, boolean liked, Instant expiresAt) {
    /** The answer to a change. */
    public static KeptAnswer of(RelationKey relation, boolean liked, KeyUse use) {
        return new KeptAnswer(relation.account(), use.key(), relation.target(), liked, use.expiresAt());
    }

    /** The relation that was changed. */
    public RelationKey relation() {
        return new RelationKey(account, target);
    }

    /**
     * Checks that a request with the same key is about the same character.
     *
     * @throws IdempotencyKeyReusedException if it is not
     */
    public void requireTarget(Ocid requested) {
        if (!target.equals(requested)) {
            throw new IdempotencyKeyReusedException();
        }
    }
}
