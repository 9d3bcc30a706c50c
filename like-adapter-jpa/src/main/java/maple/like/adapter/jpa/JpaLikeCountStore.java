package maple.like.adapter.jpa;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import maple.like.application.KeptAnswer;
import maple.like.application.KeyUse;
import maple.like.application.PartitionState;
import maple.like.application.port.out.LikeCountStore;
import maple.like.domain.AccountId;
import maple.like.domain.LikeCount;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/** One statement for each answer: what it reads is of one moment. */
record JpaLikeCountStore(Transactions transactions, CharacterAdmission admission, InstantSource clock)
        implements LikeCountStore {
    private static final String NO_ACCOUNT = "";

    @Override
    public Map<Ocid, StoredCount> counts(Collection<Ocid> ocids) {
        Map<Ocid, StoredCount> counts = new HashMap<>();
        for (Object[] row : read(ocids, ocid -> ocid, ocid -> NO_ACCOUNT)) {
            Ocid ocid = new Ocid((String) requireNonNull(row[0]));
            counts.put(ocid, storedCount(ocid, row));
        }
        return counts;
    }

    @Override
    public Map<RelationKey, StoredLike> likes(Collection<RelationKey> relations) {
        Map<RelationKey, StoredLike> likes = new HashMap<>();
        Map<String, RelationKey> byText = new HashMap<>();
        relations.forEach(relation -> byText.put(relation.value(), relation));
        for (Object[] row : read(
                relations, RelationKey::target, relation -> relation.account().value())) {
            RelationKey relation = requireNonNull(byText.get(row[1] + ":" + row[0]));
            likes.put(relation, new StoredLike(row[7] != null, storedCount(relation.target(), row)));
        }
        return likes;
    }

    @Override
    public Optional<KeptAnswer> answer(AccountId account, KeyUse use) {
        return transactions.read(
                "find the answer to an idempotency key",
                session -> new KeptAnswerStatements(session, transactions.vendor())
                        .find(account, use.key(), clock.instant()));
    }

    private <T> List<Object[]> read(Collection<T> keys, Function<T, Ocid> target, Function<T, String> account) {
        String[] targets = keys.stream().map(key -> target.apply(key).value()).toArray(String[]::new);
        String[] accounts = keys.stream().map(account).toArray(String[]::new);
        Long[] numbers = keys.stream()
                .map(key -> (long) admission.partitions().of(target.apply(key)))
                .toArray(Long[]::new);
        Supplier<List<Object[]>> read = () -> transactions.read(
                "read the likes of " + (keys.size() == 1 ? targets[0] : keys.size() + " characters"),
                session -> transactions
                        .vendor()
                        .bind(
                                session.createNativeQuery(transactions.vendor().readLikes(), Object[].class),
                                targets,
                                accounts,
                                numbers)
                        .getResultList());
        List<Object[]> rows = read.get();
        List<Ocid> unassigned = rows.stream()
                .filter(row -> row[8] == null)
                .map(row -> new Ocid((String) row[0]))
                .toList();
        if (unassigned.isEmpty()) {
            return rows;
        }
        // Another writer inserted them: their rows are not counted yet.
        new JpaCharacterDirectory(transactions, admission).admit(unassigned);
        return read.get();
    }

    private StoredCount storedCount(Ocid ocid, @Nullable Object[] row) {
        Long generation = (Long) row[5];
        if (generation == null) {
            throw LikePartitionEntity.missing(admission.partitions().of(ocid));
        }
        boolean changedLast = generation.equals(row[3]) && row[4] != null;
        return new StoredCount(
                new LikeCount((Long) requireNonNull(row[2])),
                generation,
                changedLast ? (Long) requireNonNull(row[4]) : 0,
                PartitionState.valueOf((String) requireNonNull(row[6])));
    }
}
