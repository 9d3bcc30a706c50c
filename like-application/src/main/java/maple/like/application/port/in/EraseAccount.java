package maple.like.application.port.in;

import java.util.List;
import java.util.Map;
import maple.like.application.ErasureUnderWayException;
import maple.like.application.LikesUnavailableException;
import maple.like.domain.AccountId;

/**
 * Erases accounts: takes back all likes of an account by ordinary changes, so that counts, events and other instances
 * follow, and then removes all else that names it. A request is recorded first, and any instance may continue it. May be
 * killed at any instruction. Safe for use by any number of threads.
 */
public interface EraseAccount {
    /**
     * Erases an account, and returns when it is done.
     *
     * <p>Likes that the account gives meanwhile are either erased, or were given after all others were erased.
     *
     * @throws ErasureUnderWayException if the request was recorded, and another call works on it or this one was interrupted
     * @throws LikesUnavailableException if the request could not be recorded
     */
    Erased erase(AccountId account);

    /**
     * Accounts whose erasure was requested and that no call has worked on for half a minute.
     *
     * @throws LikesUnavailableException if the database is unavailable
     */
    List<AccountId> interrupted();

    /**
     * What an erasure did.
     *
     * @param removed likes that were taken back
     * @param left by table or store, what names the account: nothing, unless it gave likes meanwhile
     */
    record Erased(long removed, Map<String, Long> left) {
        /** Copies the map. */
        public Erased {
            left = Map.copyOf(left);
        }
    }
}
