package maple.like.adapter.jpa;

import static java.util.Comparator.comparing;
import static java.util.Objects.requireNonNull;

import java.io.Serial;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import maple.like.application.RelationChanges;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/** The statements of a session that work on any number of rows at once. */
record RowStatements(StatelessSession session, DatabaseVendor vendor) {

    /** The order of the unique index: a large insert is cheaper, and no two callers deadlock. */
    static List<RelationKey> inFixedOrder(Collection<RelationKey> relations) {
        List<RelationKey> ordered = new ArrayList<>(relations);
        ordered.sort(comparing((RelationKey relation) -> relation.target().value())
                .thenComparing(relation -> relation.account().value()));
        return ordered;
    }

    /** Locks characters in a fixed order; those that do not exist are left out. */
    Map<Ocid, LockedCharacter> lockCharacters(Collection<Ocid> ocids) {
        Set<String> ordered = new TreeSet<>();
        ocids.forEach(ocid -> ordered.add(ocid.value()));
        Map<Ocid, LockedCharacter> characters = new HashMap<>();
        if (!ordered.isEmpty()) {
            for (Object[] row : select(vendor.lockCharacters(), column(ordered, ocid -> ocid))) {
                LockedCharacter character = LockedCharacter.of(row);
                characters.put(character.character().ocid(), character);
            }
        }
        return characters;
    }

    /** Locks the targets of relations. */
    Map<Ocid, LockedCharacter> lockTargets(Collection<RelationKey> relations) {
        return lockCharacters(relations.stream().map(RelationKey::target).toList());
    }

    /** The ids of those relations that have a row. */
    Map<RelationKey, Long> find(Collection<RelationKey> relations) {
        Map<RelationKey, Long> ids = new HashMap<>();
        if (!relations.isEmpty()) {
            for (Object[] row : select(vendor.findLikes(), targets(relations), accounts(relations))) {
                ids.put(new RelationKey(new AccountId((String) row[2]), new Ocid((String) row[1])), (Long) row[0]);
            }
        }
        return ids;
    }

    /**
     * Changes rows and counts to what a batch wants.
     *
     * @param rejected relations to be left as they are
     */
    Written write(RelationChanges changes, Set<RelationKey> rejected, long generation, Instant now) {
        List<RelationKey> relations = inFixedOrder(changes.relations());
        Map<Ocid, LockedCharacter> characters = lockTargets(relations);
        List<RelationKey> orphans = new ArrayList<>(relations);
        orphans.removeIf(relation -> characters.containsKey(relation.target()));
        relations.removeIf(relation -> !characters.containsKey(relation.target()));
        Map<RelationKey, Long> stored = find(relations);
        List<RelationKey> missing = new ArrayList<>();
        List<Long> surplus = new ArrayList<>();
        Map<LockedCharacter, Long> countChanges = new HashMap<>();
        Map<RelationKey, Boolean> left = new HashMap<>();
        for (RelationKey relation : relations) {
            LockedCharacter character = requireNonNull(characters.get(relation.target()));
            Long id = stored.get(relation);
            boolean wanted = changes.likes().contains(relation);
            if (rejected.contains(relation)) {
                if (wanted != (id != null)) {
                    left.put(relation, id != null);
                }
            } else if (wanted && id == null) {
                missing.add(relation);
                countChanges.merge(character, 1L, Long::sum);
            } else if (!wanted && id != null) {
                surplus.add(id);
                countChanges.merge(character, -1L, Long::sum);
            }
        }
        countChanges.values().removeIf(change -> change == 0);
        insert(missing, now);
        delete(surplus);
        changeCounts(countChanges, countChanges, generation);
        return new Written(countChanges, missing.size(), surplus.size(), orphans, left);
    }

    void insert(List<RelationKey> relations, Instant now) {
        if (!relations.isEmpty()) {
            require(
                    relations.size(),
                    vendor.bind(
                                    session.createNativeMutationQuery(vendor.insertLikes()),
                                    targets(relations),
                                    accounts(relations))
                            .setParameter("now", now)
                            .executeUpdate());
        }
    }

    void delete(List<Long> ids) {
        if (!ids.isEmpty()) {
            require(
                    ids.size(),
                    vendor.bind(session.createNativeMutationQuery(vendor.deleteLikes()), ids.toArray(Long[]::new))
                            .executeUpdate());
        }
    }

    /**
     * Sets the last changes of counts.
     *
     * @param added what to add to the counts at the same time; nothing where a character is missing
     */
    void changeCounts(Map<LockedCharacter, Long> changes, Map<LockedCharacter, Long> added, long generation) {
        if (!changes.isEmpty()) {
            Set<LockedCharacter> characters = changes.keySet();
            require(
                    changes.size(),
                    vendor.bind(
                                    session.createNativeMutationQuery(vendor.changeCounts()),
                                    numbers(characters, LockedCharacter::id),
                                    numbers(characters, character -> added.getOrDefault(character, 0L)),
                                    numbers(characters, character -> requireNonNull(changes.get(character))))
                            .setParameter("generation", generation)
                            .executeUpdate());
        }
    }

    void insertDeadLetters(
            int partition,
            List<RelationKey> relations,
            Function<RelationKey, Boolean> liked,
            String reason,
            Instant now) {
        if (!relations.isEmpty()) {
            vendor.bind(
                            session.createNativeMutationQuery(vendor.insertDeadLetters()),
                            targets(relations),
                            accounts(relations),
                            relations.stream().map(liked).toArray(Boolean[]::new))
                    .setParameter("partition", partition)
                    .setParameter("reason", reason)
                    .setParameter("now", now)
                    .executeUpdate();
        }
    }

    private List<Object[]> select(String statement, Object[]... columns) {
        return vendor.bind(session.createNativeQuery(statement, Object[].class), columns)
                .getResultList();
    }

    private static String[] targets(Collection<RelationKey> relations) {
        return column(relations, relation -> relation.target().value());
    }

    private static String[] accounts(Collection<RelationKey> relations) {
        return column(relations, relation -> relation.account().value());
    }

    private static <T> String[] column(Collection<T> rows, Function<T, String> value) {
        return rows.stream().map(value).toArray(String[]::new);
    }

    private static <T> Long[] numbers(Collection<T> rows, Function<T, Long> value) {
        return rows.stream().map(value).toArray(Long[]::new);
    }

    private static void require(int expected, int changed) {
        if (changed != expected) {
            throw new UnwrittenException(expected, changed);
        }
    }

    /** A trigger dropped a row silently, or another writer does not lock the character. */
    static final class UnwrittenException extends IllegalStateException {
        @Serial
        private static final long serialVersionUID = 1L;

        UnwrittenException(int expected, int changed) {
            super(expected + " rows were to be written, and " + changed + " were");
        }
    }

    /**
     * What writing a batch did.
     *
     * @param countChanges how the counts changed
     * @param inserted rows added
     * @param deleted rows removed
     * @param orphans relations without a character
     * @param left rejected relations that are not as the batch wants them, and whether they have a row
     */
    record Written(
            Map<LockedCharacter, Long> countChanges,
            int inserted,
            int deleted,
            List<RelationKey> orphans,
            Map<RelationKey, Boolean> left) {}

    /** A character whose likes only this transaction can change. */
    record LockedCharacter(
            long id,
            GameCharacter character,
            long likeCount,
            @Nullable Long lastGeneration,
            long lastChange) {
        static LockedCharacter of(@Nullable Object[] row) {
            return new LockedCharacter(
                    (Long) requireNonNull(row[0]),
                    new GameCharacter(new Ocid((String) requireNonNull(row[1])), new CharacterName((String)
                            requireNonNull(row[2]))),
                    (Long) requireNonNull(row[3]),
                    (Long) row[4],
                    row[5] == null ? 0 : (Long) row[5]);
        }
    }
}
