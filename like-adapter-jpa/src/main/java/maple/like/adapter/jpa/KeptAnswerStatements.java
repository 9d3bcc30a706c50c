package maple.like.adapter.jpa;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import maple.like.application.KeptAnswer;
import maple.like.application.port.out.LikeLedger.Change;
import maple.like.domain.AccountId;
import maple.like.domain.IdempotencyKey;
import org.hibernate.StatelessSession;

/** The statements of a session on the answers of idempotency keys. */
record KeptAnswerStatements(StatelessSession session, DatabaseVendor vendor) {
    /** Expired rows that one call deletes. */
    static final int MOST_DELETED = 1_000;

    private static final int MOST_PARAMETERS = 1_000;

    /** The answer, unless it has expired. */
    Optional<KeptAnswer> find(AccountId account, IdempotencyKey key, Instant now) {
        return session.createSelectionQuery(
                        "from KeptAnswerEntity where likerAccountId = :account and idempotencyKey = :key",
                        KeptAnswerEntity.class)
                .setParameter("account", account.value())
                .setParameter("key", key.value())
                .uniqueResultOptional()
                .map(KeptAnswerEntity::toAnswer)
                .filter(answer -> answer.expiresAt().isAfter(now));
    }

    /** The answers to the keys of changes, unless they have expired. */
    List<KeptAnswer> find(List<Change> changes, Instant now) {
        Set<String> accounts = new TreeSet<>();
        Set<String> keys = new TreeSet<>();
        for (Change change : changes) {
            if (change.use() != null) {
                accounts.add(change.account().value());
                keys.add(change.use().key().value());
            }
        }
        if (keys.isEmpty()) {
            return List.of();
        }
        return session
                .createSelectionQuery(
                        "from KeptAnswerEntity where likerAccountId in :accounts and idempotencyKey in :keys",
                        KeptAnswerEntity.class)
                .setParameterList("accounts", accounts)
                .setParameterList("keys", keys)
                .getResultList()
                .stream()
                .map(KeptAnswerEntity::toAnswer)
                .filter(answer -> answer.expiresAt().isAfter(now))
                .toList();
    }

    /**
     * Adds answers; one that is there stays as it is, unless it has expired.
     *
     * @return how many were added
     */
    int insert(Collection<KeptAnswer> answers, Instant now) {
        List<KeptAnswer> inOrder = new ArrayList<>(answers);
        inOrder.removeIf(answer -> !answer.expiresAt().isAfter(now));
        inOrder.sort(
                Comparator.comparing((KeptAnswer answer) -> answer.account().value())
                        .thenComparing(answer -> answer.key().value()));
        if (inOrder.isEmpty()) {
            return 0;
        }
        deleteExpired(inOrder.stream().map(KeptAnswer::account).toList(), now);
        Instant last = inOrder.stream()
                .map(KeptAnswer::expiresAt)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        return vendor.bind(
                        session.createNativeMutationQuery(vendor.insertAnswers()),
                        column(inOrder, answer -> answer.account().value()),
                        column(inOrder, answer -> answer.key().value()),
                        column(inOrder, answer -> answer.target().value()),
                        inOrder.stream().map(KeptAnswer::liked).toArray(Boolean[]::new))
                .setParameter("expires", last)
                .executeUpdate();
    }

    private static String[] column(List<KeptAnswer> answers, Function<KeptAnswer, String> value) {
        return answers.stream().map(value).toArray(String[]::new);
    }

    private void deleteExpired(Collection<AccountId> accounts, Instant now) {
        Set<String> ordered = new TreeSet<>();
        accounts.forEach(account -> ordered.add(account.value()));
        List<String> all = List.copyOf(ordered);
        List<Long> expired = new ArrayList<>();
        for (int first = 0; first < all.size(); first += MOST_PARAMETERS) {
            expired.addAll(session.createSelectionQuery(
                            "select id from KeptAnswerEntity where likerAccountId in :accounts and expiresAt <= :now",
                            Long.class)
                    .setParameter("now", now)
                    .setParameterList("accounts", all.subList(first, Math.min(first + MOST_PARAMETERS, all.size())))
                    .getResultList());
        }
        delete(expired);
    }

    /**
     * Deletes some of the answers that have expired.
     *
     * @return how many; {@link #MOST_DELETED} where there may be more
     */
    int deleteExpired(Instant now) {
        List<Long> expired = session.createSelectionQuery(
                        "select id from KeptAnswerEntity where expiresAt <= :now order by expiresAt", Long.class)
                .setParameter("now", now)
                .setMaxResults(MOST_DELETED)
                .getResultList();
        delete(expired);
        return expired.size();
    }

    private void delete(List<Long> ids) {
        for (int first = 0; first < ids.size(); first += MOST_PARAMETERS) {
            session.createMutationQuery("delete from KeptAnswerEntity where id in :ids")
                    .setParameterList("ids", ids.subList(first, Math.min(first + MOST_PARAMETERS, ids.size())))
                    .executeUpdate();
        }
    }
}
