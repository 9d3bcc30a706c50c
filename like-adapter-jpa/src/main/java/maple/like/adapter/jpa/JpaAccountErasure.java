package maple.like.adapter.jpa;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import maple.like.application.port.out.AccountErasure;
import maple.like.domain.AccountId;
import maple.like.domain.RelationKey;
import org.hibernate.exception.ConstraintViolationException;

/** Requests are rows of {@code like_erasure}. Two callers that work on one, because clocks differ, do no harm. */
record JpaAccountErasure(Transactions transactions, CharacterAdmission admission, InstantSource clock)
        implements AccountErasure, AccountErasure.Records {
    private static final Duration CLAIM = Duration.ofSeconds(30);
    private static final int UNCLAIMED = 100;
    private static final int PAGE = 1_000;

    /** Every table that names accounts, but for the requests themselves. */
    private static final List<String> TABLES =
            List.of("character_like", "like_fallback", "like_set_aside", "like_idempotency_key");

    @Override
    public boolean claim(AccountId account) {
        Instant now = clock.instant();
        int taken = transactions.inTransaction(
                "claim an erasure",
                session -> transactions.attempt(
                        "claim an erasure",
                        () -> session.createMutationQuery("""
                                update LikeErasureEntity
                                   set claimedUntil = :until
                                 where likerAccountId = :account and claimedUntil < :now
                                """)
                                .setParameter("until", now.plus(CLAIM))
                                .setParameter("account", account.value())
                                .setParameter("now", now)
                                .executeUpdate()));
        return taken > 0 || insert(account, now.plus(CLAIM));
    }

    @Override
    public void renew(AccountId account) {
        setClaim(account, clock.instant().plus(CLAIM));
    }

    @Override
    public void release(AccountId account) {
        setClaim(account, clock.instant().minus(CLAIM));
    }

    private void setClaim(AccountId account, Instant until) {
        transactions.write(
                "renew the claim of an erasure",
                session -> session.createMutationQuery(
                                "update LikeErasureEntity set claimedUntil = :until where likerAccountId = :account")
                        .setParameter("until", until)
                        .setParameter("account", account.value())
                        .executeUpdate());
    }

    private boolean insert(AccountId account, Instant claimedUntil) {
        try {
            transactions.write(
                    "record an erasure", session -> session.insert(new LikeErasureEntity(account, claimedUntil)));
            return true;
        } catch (ConstraintViolationException claimed) {
            return false;
        }
    }

    @Override
    public void complete(AccountId account) {
        transactions.write(
                "complete an erasure",
                session -> session.createMutationQuery("delete from LikeErasureEntity where likerAccountId = :account")
                        .setParameter("account", account.value())
                        .executeUpdate());
    }

    @Override
    public List<AccountId> unclaimed() {
        return transactions
                .read(
                        "list unclaimed erasures",
                        session -> session.createSelectionQuery("""
                                select likerAccountId
                                  from LikeErasureEntity
                                 where claimedUntil < :now
                                 order by claimedUntil
                                """, String.class)
                                .setParameter("now", clock.instant())
                                .setMaxResults(UNCLAIMED)
                                .getResultList())
                .stream()
                .map(AccountId::new)
                .toList();
    }

    @Override
    public Records records() {
        return this;
    }

    @Override
    public List<RelationKey> orphansOf(AccountId account, int limit) {
        return transactions
                .read(
                        "list likes without a character",
                        session -> session.createSelectionQuery("""
                                select l.likerAccountId, l.targetOcid
                                  from CharacterLikeEntity l
                                  left join GameCharacterEntity c on c.ocid = l.targetOcid
                                 where l.likerAccountId = :account and c.id is null
                                """, Object[].class)
                                .setParameter("account", account.value())
                                .setMaxResults(limit)
                                .getResultList())
                .stream()
                .flatMap(row -> RowStatements.relation((String) row[0], (String) row[1]).stream())
                .toList();
    }

    @Override
    public long refusedUnlikes(AccountId account) {
        return transactions.read(
                "count refused unlikes",
                session -> session.createNativeQuery("""
                        select count(*)
                          from like_set_aside d
                          join character_like l
                            on l.target_ocid = d.target_ocid and l.liker_account_id = d.liker_account_id
                         where d.liker_account_id = :account and d.liked = false
                        """, Long.class)
                        .setParameter("account", account.value())
                        .getSingleResult());
    }

    @Override
    public void removeRecords(AccountId account) {
        removeInvalidRows(account);
        transactions.write("remove records of an account", session -> {
            session.createNativeMutationQuery("delete from like_set_aside where liker_account_id = :account")
                    .setParameter("account", account.value())
                    .executeUpdate();
            session.createMutationQuery("delete from KeptAnswerEntity where likerAccountId = :account")
                    .setParameter("account", account.value())
                    .executeUpdate();
            // Entries that are not read: their characters are counted under no name.
            session.createMutationQuery("""
                            delete from LikeFallbackEntity
                             where likerAccountId = :account and targetOcid not in (select ocid from LikeCharacterEntity)
                            """)
                    .setParameter("account", account.value())
                    .executeUpdate();
        });
    }

    /** Other writers may have inserted rows with a target that is none; a collation may take another account for the same. */
    private void removeInvalidRows(AccountId account) {
        List<Object[]> rows;
        long after = Long.MIN_VALUE;
        do {
            rows = rowsAfter(account, after);
            Map<Long, String> invalid = new HashMap<>();
            for (Object[] row : rows) {
                after = (Long) row[0];
                if (RowStatements.relation((String) row[1], (String) row[2]).isEmpty()) {
                    invalid.put(after, (String) row[2]);
                }
            }
            transactions.write(
                    "remove rows of an account that are no likes",
                    session -> new RowStatements(session, transactions.vendor(), admission).deleteInvalid(invalid));
        } while (rows.size() == PAGE);
    }

    private List<Object[]> rowsAfter(AccountId account, long id) {
        return transactions.read(
                "list the rows of an account",
                session -> session.createSelectionQuery("""
                                select id, likerAccountId, targetOcid
                                  from CharacterLikeEntity
                                 where likerAccountId = :account and id > :id
                                 order by id
                                """, Object[].class)
                        .setParameter("account", account.value())
                        .setParameter("id", id)
                        .setMaxResults(PAGE)
                        .getResultList());
    }

    @Override
    public Map<String, Long> countOf(AccountId account) {
        Map<String, Long> counts = new HashMap<>();
        for (String table : TABLES) {
            long count = transactions.read(
                    "count rows of an account",
                    session -> session.createNativeQuery(
                                    "select count(*) from " + table + " where liker_account_id = :account", Long.class)
                            .setParameter("account", account.value())
                            .getSingleResult());
            if (count > 0) {
                counts.put(table, count);
            }
        }
        return counts;
    }
}
