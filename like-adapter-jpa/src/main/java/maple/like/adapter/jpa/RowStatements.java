package maple.like.adapter.jpa;

import static java.util.Comparator.comparing;
import static java.util.Objects.requireNonNull;

import java.io.Serial;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import maple.like.application.PartitionState;
import maple.like.application.RelationChanges;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.hibernate.LockMode;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/** The statements of a session that work on any number of rows at once. */
record RowStatements(StatelessSession session, DatabaseVendor vendor, CharacterAdmission admission) {

    /** The order of the unique index: a large insert is cheaper, and no two callers deadlock. */
    static List<RelationKey> inFixedOrder(Collection<RelationKey> relations) {
        List<RelationKey> ordered = new ArrayList<>(relations);
        ordered.sort(comparing((RelationKey relation) -> relation.target().value())
                .thenComparing(relation -> relation.account().value()));
        return ordered;
    }

    /** Locks partitions in a fixed order, and returns the epochs of those that the database decides. */
    Map<Integer, Long> lockPartitions(Collection<Integer> partitions) {
        Map<Integer, Long> epochs = new HashMap<>();
        Set<Integer> ordered = new TreeSet<>(partitions);
        for (Object[] row : select(vendor.lockPartitions(), numbers(ordered, partition -> (long) partition))) {
            if (PartitionState.valueOf((String) row[1]).databaseDecides()) {
                epochs.put((Integer) row[0], (Long) row[2]);
            }
        }
        return epochs;
    }

    /** Locks characters in a fixed order, and admits them where needed; those that do not exist are left out. */
    Map<Ocid, LockedCharacter> lockCharacters(Collection<Ocid> ocids) {
        Set<String> ordered = new TreeSet<>();
        ocids.forEach(ocid -> ordered.add(ocid.value()));
        List<LockedRow> rows = lockRows(ordered);
        List<LockedRow> unadmitted =
                rows.stream().filter(row -> !row.isAdmitted()).toList();
        Map<String, String> names = Map.of();
        if (!unadmitted.isEmpty()) {
            names = admission.admit(this, unadmitted);
            rows = lockRows(ordered);
        }
        Map<Ocid, LockedCharacter> characters = new HashMap<>();
        for (LockedRow row : rows) {
            String name = names.get(row.ocid());
            if (name == null) {
                name = row.countedAs();
            }
            if (name != null) {
                characters.put(new Ocid(row.ocid()), row.countedAs(name));
            }
        }
        return characters;
    }

    private List<LockedRow> lockRows(Set<String> ordered) {
        List<LockedRow> rows = new ArrayList<>();
        if (!ordered.isEmpty()) {
            for (Object[] row : select(vendor.lockCharacters(), column(ordered, ocid -> ocid))) {
                LockedRow locked = LockedRow.of(row);
                if (ordered.contains(locked.ocid())) { // a collation may take more for the same
                    rows.add(locked);
                }
            }
        }
        return rows;
    }

    /** Gives OCIDs names that their likes are counted under, save those of an OCID that has one, or taken. */
    void insertCountedNames(Map<String, String> names) {
        vendor.bind(
                        session.createNativeMutationQuery(vendor.insertCountedNames()),
                        column(names.keySet(), ocid -> ocid),
                        column(names.values(), name -> name))
                .executeUpdate();
    }

    /** The names that likes of OCIDs are counted under. Locks them: a snapshot may not hold what others have committed. */
    Map<String, String> countedNames(Collection<String> ocids) {
        Map<String, String> names = new HashMap<>();
        session.createSelectionQuery("from LikeCharacterEntity where ocid in :ocids", LikeCharacterEntity.class)
                .setParameterList("ocids", ocids)
                .setHibernateLockMode(LockMode.PESSIMISTIC_WRITE)
                .getResultList()
                .forEach(each -> names.put(each.ocid, each.countedAs));
        return names;
    }

    /** The OCIDs that names are counted for. */
    Map<String, String> countedFor(Collection<String> names) {
        Map<String, String> ocids = new HashMap<>();
        session.createSelectionQuery("from LikeCharacterEntity where countedAs in :names", LikeCharacterEntity.class)
                .setParameterList("names", names)
                .getResultList()
                .forEach(each -> ocids.put(each.countedAs, each.ocid));
        return ocids;
    }

    /** Sets the counts of characters to the numbers of their rows. */
    void recount(List<Long> ids) {
        if (!ids.isEmpty()) {
            session.createMutationQuery("""
                            update GameCharacterEntity c
                               set c.likeCount = (select count(*) from CharacterLikeEntity l where l.targetOcid = c.ocid)
                             where c.id in :ids
                            """).setParameterList("ids", ids).executeUpdate();
        }
    }

    /** Assigns characters to a partition. */
    void assign(int partition, List<Long> ids) {
        session.createMutationQuery("update GameCharacterEntity set partitionId = :partition where id in :ids")
                .setParameter("partition", partition)
                .setParameterList("ids", ids)
                .executeUpdate();
    }

    /** The relation in a row; empty for what another writer inserted that is none. */
    static Optional<RelationKey> relation(String account, String target) {
        try {
            return Optional.of(new RelationKey(new AccountId(account), new Ocid(target)));
        } catch (IllegalArgumentException invalid) {
            return Optional.empty();
        }
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
                relation((String) row[2], (String) row[1]).ifPresent(relation -> ids.put(relation, (Long) row[0]));
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
        Map<RelationKey, Long> stored = find(relations);
        Set<RelationKey> unwritable = new HashSet<>(rejected);
        unwritable.addAll(orphans);
        List<RelationKey> missing = new ArrayList<>();
        List<Long> surplus = new ArrayList<>();
        Map<LockedCharacter, Long> countChanges = new HashMap<>();
        Map<RelationKey, Boolean> left = new HashMap<>();
        for (RelationKey relation : relations) {
            Long id = stored.get(relation);
            boolean wanted = changes.likes().contains(relation);
            if (wanted == (id != null)) {
                continue;
            }
            if (unwritable.contains(relation)) {
                left.put(relation, id != null);
                continue;
            }
            if (id == null) {
                missing.add(relation);
            } else {
                surplus.add(id);
            }
            countChanges.merge(requireNonNull(characters.get(relation.target())), wanted ? 1L : -1L, Long::sum);
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
     * Deletes rows that are no likes, because other writers inserted them, and sets the counts of their characters.
     *
     * @param rows ids, and the targets there, valid OCIDs or not
     */
    void deleteInvalid(Map<Long, String> rows) {
        if (rows.isEmpty()) {
            return;
        }
        List<Long> characters = session
                .createSelectionQuery(
                        "from GameCharacterEntity where ocid in :ocids order by ocid", GameCharacterEntity.class)
                .setParameterList("ocids", new TreeSet<>(rows.values()))
                .setHibernateLockMode(LockMode.PESSIMISTIC_WRITE)
                .getResultList()
                .stream()
                .map(character -> requireNonNull(character.id))
                .toList();
        session.createMutationQuery("delete from CharacterLikeEntity where id in :ids")
                .setParameterList("ids", rows.keySet())
                .executeUpdate();
        recount(characters);
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

    /** Adds to counts, and leaves their last changes as they are. */
    void addToCounts(Map<LockedCharacter, Long> added) {
        if (!added.isEmpty()) {
            require(
                    added.size(),
                    vendor.bind(
                                    session.createNativeMutationQuery(vendor.addToCounts()),
                                    numbers(added.keySet(), LockedCharacter::id),
                                    numbers(added.values(), change -> change))
                            .executeUpdate());
        }
    }

    /**
     * Appends entries to the journal.
     *
     * @param partition of a relation
     * @param liked what the relations became
     * @param changes of the counts, by relation
     */
    void insertJournal(
            ToIntFunction<RelationKey> partition,
            List<RelationKey> relations,
            Map<RelationKey, Boolean> liked,
            List<Long> changes,
            Instant now) {
        if (!relations.isEmpty()) {
            vendor.bind(
                            session.createNativeMutationQuery(vendor.insertJournal()),
                            numbers(relations, relation -> (long) partition.applyAsInt(relation)),
                            targets(relations),
                            accounts(relations),
                            relations.stream().map(liked::get).toArray(Boolean[]::new),
                            changes.toArray(Long[]::new))
                    .setParameter("now", now)
                    .executeUpdate();
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
     * @param left orphans and rejected relations that are not as the batch wants them, and whether they have a row
     */
    record Written(
            Map<LockedCharacter, Long> countChanges,
            int inserted,
            int deleted,
            List<RelationKey> orphans,
            Map<RelationKey, Boolean> left) {}

    /** A row of a character, as it was when it was locked. */
    record LockedRow(
            long id,
            String ocid,
            String userIgn,
            @Nullable Integer partitionId,
            long likeCount,
            @Nullable Long lastGeneration,
            long lastChange,
            @Nullable String countedAs) {
        static LockedRow of(@Nullable Object[] row) {
            return new LockedRow(
                    (Long) requireNonNull(row[0]),
                    (String) requireNonNull(row[1]),
                    (String) requireNonNull(row[2]),
                    (Integer) row[3],
                    (Long) requireNonNull(row[4]),
                    (Long) row[5],
                    row[6] == null ? 0 : (Long) row[6],
                    (String) row[7]);
        }

        boolean isUnassigned() {
            return partitionId == null || partitionId == CharacterAdmission.SKIPPED;
        }

        boolean isAdmitted() {
            return countedAs != null && !isUnassigned();
        }

        LockedCharacter countedAs(String name) {
            return new LockedCharacter(this, new GameCharacter(new Ocid(ocid), new CharacterName(name)));
        }
    }

    /** A character whose likes only this transaction can change. */
    record LockedCharacter(LockedRow row, GameCharacter character) {
        long id() {
            return row.id();
        }

        long likeCount() {
            return row.likeCount();
        }

        @Nullable
        Long lastGeneration() {
            return row.lastGeneration();
        }

        long lastChange() {
            return row.lastChange();
        }
    }
}
