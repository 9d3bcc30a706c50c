package maple.like.application.port.out;

import java.util.List;
import java.util.Map;
import maple.like.application.DatabaseUnavailableException;
import maple.like.domain.AccountId;
import maple.like.domain.RelationKey;

/**
 * Which accounts are to be erased, and what the database holds of an account. Every method may be repeated, and throws
 * {@link DatabaseUnavailableException} if the database is unavailable. Safe for use by any number of threads.
 */
public interface AccountErasure {
    /**
     * Records that an account is to be erased, and claims the work for half a minute.
     *
     * @return false where another caller has claimed it
     */
    boolean claim(AccountId account);

    /** Claims the work for another half a minute. */
    void renew(AccountId account);

    /** Lets others claim the work at once. */
    void release(AccountId account);

    /** The account is erased. */
    void complete(AccountId account);

    /** Recorded accounts that no caller has claimed; a bounded number. */
    List<AccountId> unclaimed();

    /** What there is to erase. */
    Records records();

    /** What the database holds of accounts. */
    interface Records {
        /**
         * Lists stored likes of an account whose characters do not exist.
         *
         * @param limit likes, 1 or more
         */
        List<RelationKey> orphansOf(AccountId account, int limit);

        /** Counts dead letters of an account that stand for a like which the database refuses to remove. */
        long refusedUnlikes(AccountId account);

        /**
         * Removes what the database holds of an account besides likes and the journal, which the primary store is given: also rows
         * that other writers inserted among the likes, and that are none.
         */
        void removeRecords(AccountId account);

        /** Counts what the database holds of an account, by table; tables that hold nothing are left out. */
        Map<String, Long> countOf(AccountId account);
    }
}
