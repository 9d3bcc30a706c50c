package maple.like.application.memory;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.function.Predicate;
import maple.like.application.LikePartitions;
import maple.like.application.StoreUnavailableException;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.CharacterRegistry;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeLedger;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;

/**
 * A store in memory that passes the contracts of a real one. A transaction works on a copy of its partition, and
 * commits by putting the copy in place. Several instances on one store are several users of one object.
 */
public final class InMemoryLedger implements LikeLedger, LikeCountStore, CharacterDirectory, CharacterRegistry {
    private final LikePartitions partitions;
    private final AtomicReferenceArray<Partition> committed;
    private final Semaphore[] locks;
    private final Map<Ocid, GameCharacter> characters = new ConcurrentHashMap<>();
    private final Map<CharacterName, Ocid> aliases = new ConcurrentHashMap<>();
    private final Map<Ocid, Long> miscounts = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();

    private final AtomicLongArray detachments;

    private volatile boolean away;
    private volatile Predicate<RelationKey> refused = relation -> false;

    /** A store of one partition. */
    public InMemoryLedger() {
        this(new LikePartitions(1));
    }

    /** A store of so many partitions. */
    public InMemoryLedger(LikePartitions partitions) {
        this.partitions = partitions;
        this.committed = new AtomicReferenceArray<>(partitions.count());
        this.locks = new Semaphore[partitions.count()];
        this.detachments = new AtomicLongArray(partitions.count());
        partitions.all().forEach(partition -> {
            committed.set(partition, Partition.EMPTY);
            locks[partition] = new Semaphore(1);
        });
    }

    /** From now on the store is unavailable, also to a transaction under way. */
    public void goAway() {
        away = true;
    }

    /** The store is available again, with what was committed. */
    public void comeBack() {
        away = false;
    }

    /** From now on changes of these relations are refused. */
    public void refuse(Predicate<RelationKey> relations) {
        refused = relations;
    }

    /** Makes a count differ from the number of rows, as far as an audit sees it. */
    public void miscount(Ocid target, long by) {
        miscounts.put(target, by);
    }

    /** Takes a row away and leaves its count, as no transaction does. */
    public void loseRow(RelationKey relation) {
        committed.updateAndGet(partitions.of(relation.target()), before -> {
            Map<RelationKey, Long> rows = new HashMap<>(before.rows);
            rows.remove(relation);
            return new Partition(before.state, rows, before.setAside, before.journal, before.detached);
        });
        miscounts.merge(relation.target(), 1L, Long::sum);
    }

    /** All relations stored. */
    public Set<RelationKey> rows() {
        Set<RelationKey> rows = new HashSet<>();
        partitions
                .all()
                .forEach(partition -> rows.addAll(committed.get(partition).rows.keySet()));
        return rows;
    }

    /** All relations set aside, and what they were to become. */
    public Map<RelationKey, Boolean> setAside() {
        Map<RelationKey, Boolean> setAside = new HashMap<>();
        partitions.all().forEach(partition -> setAside.putAll(committed.get(partition).setAside));
        return setAside;
    }

    /** All characters registered. */
    public Set<GameCharacter> characters() {
        return Set.copyOf(characters.values());
    }

    @Override
    public <R> Optional<R> withPartition(int partition, Function<LockedPartition, R> work) {
        if (partition < 0 || partition >= partitions.count()) {
            throw new IllegalArgumentException("There is no partition " + partition);
        }
        requireHere("lock partition " + partition);
        return locks[partition].tryAcquire() ? Optional.of(runLocked(partition, work)) : Optional.empty();
    }

    @Override
    public <R> R awaitPartition(int partition, Function<LockedPartition, R> work) {
        requireHere("lock partition " + partition);
        locks[partition].acquireUninterruptibly();
        return runLocked(partition, work);
    }

    private <R> R runLocked(int partition, Function<LockedPartition, R> work) {
        Transaction transaction = new Transaction(partition);
        try {
            R result = requireNonNull(work.apply(transaction), "the work's result");
            requireHere("commit partition " + partition);
            committed.set(partition, transaction.partition);
            return result;
        } finally {
            transaction.open = false;
            locks[partition].release();
        }
    }

    @Override
    public Optional<StoredCount> count(Ocid target) {
        requireHere("read the likes of " + target);
        return Optional.ofNullable(characters.get(target))
                .map(character -> committed.get(partitions.of(target)).count(character));
    }

    @Override
    public Optional<StoredLike> like(RelationKey relation) {
        requireHere("read the like " + relation);
        return Optional.ofNullable(characters.get(relation.target())).map(character -> {
            Partition partition = committed.get(partitions.of(relation.target()));
            return new StoredLike(partition.rows.containsKey(relation), partition.count(character));
        });
    }

    @Override
    public Optional<GameCharacter> find(CharacterName name) {
        requireHere("look up " + name);
        return characters.values().stream()
                .filter(character -> character.name().equals(name))
                .findFirst()
                .or(() -> Optional.ofNullable(aliases.get(name)).map(characters::get));
    }

    @Override
    public synchronized void register(GameCharacter character) {
        requireHere("register " + character.name());
        for (GameCharacter other : characters.values()) {
            boolean overlaps =
                    other.ocid().equals(character.ocid()) || other.name().equals(character.name());
            if (overlaps && !other.equals(character)) {
                throw new IllegalArgumentException(
                        "The name or the OCID of " + character + " already belongs to " + other);
            }
        }
        Ocid alias = aliases.get(character.name());
        if (alias != null && !alias.equals(character.ocid())) {
            throw new IllegalArgumentException("The name of " + character + " already belongs to " + alias);
        }
        characters.put(character.ocid(), character);
    }

    @Override
    public synchronized GameCharacter admit(Ocid ocid, CharacterName name) {
        return find(name).orElseGet(() -> {
            GameCharacter renamed = characters.get(ocid);
            if (renamed != null) {
                aliases.put(name, ocid);
                return renamed;
            }
            GameCharacter character = new GameCharacter(ocid, name);
            characters.put(ocid, character);
            return character;
        });
    }

    private void requireHere(String what) {
        if (away) {
            throw new StoreUnavailableException("Could not " + what, new IllegalStateException("the store is away"));
        }
    }

    /** A committed state, never changed. Rows have ids in the order in which they were added. */
    private record Partition(
            PartitionState state,
            Map<RelationKey, Long> rows,
            Map<RelationKey, Boolean> setAside,
            List<JournalEntry> journal,
            boolean detached) {
        static final Partition EMPTY =
                new Partition(new PartitionState(0, Map.of()), Map.of(), Map.of(), List.of(), false);

        StoredCount count(GameCharacter character) {
            long likes = rows.keySet().stream()
                    .filter(row -> row.target().equals(character.ocid()))
                    .count();
            return new StoredCount(
                    new LikeCount(likes),
                    state.generation(),
                    state.deltas().getOrDefault(character.name(), 0L),
                    detached);
        }
    }

    private final class Transaction implements LockedPartition {
        private final int number;
        private Partition partition;
        private boolean open = true;

        Transaction(int number) {
            this.number = number;
            this.partition = committed.get(number);
        }

        @Override
        public PartitionState state() {
            requireOpen();
            return partition.state;
        }

        @Override
        public AppliedBatch apply(LikeBatch batch) {
            requireOpen();
            Map<RelationKey, Long> rows = new HashMap<>(partition.rows);
            Map<RelationKey, Boolean> setAside = new HashMap<>(partition.setAside);
            Map<CharacterName, Long> deltas = new HashMap<>();
            List<RelationKey> aside = new ArrayList<>();
            List<JournalEntry> journal = new ArrayList<>(partition.journal);
            int inserted = 0;
            int deleted = 0;
            for (Map.Entry<RelationKey, Boolean> entry : batch.entries().entrySet()) {
                RelationKey relation = entry.getKey();
                GameCharacter character = characters.get(relation.target());
                if (character == null) {
                    aside.add(relation);
                    setAside.put(relation, entry.getValue());
                } else if (refused.test(relation) && entry.getValue() != rows.containsKey(relation)) {
                    aside.add(relation);
                    setAside.put(relation, entry.getValue());
                    journal.add(
                            new JournalEntry(ids.incrementAndGet(), relation, character.name(), !entry.getValue(), 0));
                } else if (entry.getValue() && rows.putIfAbsent(relation, ids.incrementAndGet()) == null) {
                    inserted++;
                    deltas.merge(character.name(), 1L, Long::sum);
                } else if (!entry.getValue() && rows.remove(relation) != null) {
                    deleted++;
                    deltas.merge(character.name(), -1L, Long::sum);
                }
            }
            deltas.values().removeIf(delta -> delta == 0);
            partition = new Partition(
                    new PartitionState(batch.number(), deltas), rows, setAside, journal, partition.detached);
            return new AppliedBatch(partition.state, inserted, deleted, aside);
        }

        @Override
        public boolean detached() {
            return partition.detached;
        }

        @Override
        public long detachments() {
            return detachments.get(number);
        }

        @Override
        public Optional<Decision> decide(RelationKey relation, LikeIntent intent) {
            requireOpen();
            GameCharacter character = characters.get(relation.target());
            if (character == null) {
                return Optional.empty();
            }
            Map<RelationKey, Long> rows = new HashMap<>(partition.rows);
            boolean liked = rows.containsKey(relation);
            boolean wanted = intent.appliedTo(liked);
            if (wanted && !liked) {
                rows.put(relation, ids.incrementAndGet());
            } else if (!wanted) {
                rows.remove(relation);
            }
            List<JournalEntry> journal = new ArrayList<>(partition.journal);
            journal.add(new JournalEntry(
                    ids.incrementAndGet(), relation, character.name(), wanted, (wanted ? 1 : 0) - (liked ? 1 : 0)));
            if (!partition.detached) {
                detachments.incrementAndGet(number);
            }
            partition = new Partition(partition.state, rows, partition.setAside, journal, true);
            return Optional.of(new Decision(
                    new LikeStatus(wanted, partition.count(character).likeCount()), wanted != liked));
        }

        @Override
        public List<JournalEntry> journal(int limit) {
            requireOpen();
            return partition.journal.stream().limit(limit).toList();
        }

        @Override
        public PartitionState replay(long number, List<JournalEntry> replayed) {
            requireOpen();
            Map<CharacterName, Long> deltas = new HashMap<>();
            replayed.forEach(entry -> deltas.merge(entry.name(), entry.change(), Long::sum));
            deltas.values().removeIf(delta -> delta == 0);
            List<JournalEntry> left = partition.journal.subList(replayed.size(), partition.journal.size());
            partition = new Partition(
                    new PartitionState(number, deltas),
                    partition.rows,
                    partition.setAside,
                    List.copyOf(left),
                    partition.detached);
            return partition.state;
        }

        @Override
        public Map<CharacterName, Long> changes(Map<RelationKey, Boolean> entries) {
            requireOpen();
            Map<CharacterName, Long> changes = new HashMap<>();
            entries.forEach((relation, liked) -> {
                GameCharacter character = characters.get(relation.target());
                if (character != null) {
                    long decided = partition.journal.stream()
                            .filter(entry -> entry.relation().equals(relation))
                            .mapToLong(JournalEntry::change)
                            .sum();
                    long before = (partition.rows.containsKey(relation) ? 1 : 0) - decided;
                    changes.merge(character.name(), (liked ? 1 : 0) - before, Long::sum);
                }
            });
            return changes;
        }

        @Override
        public void attach() {
            requireOpen();
            partition = new Partition(partition.state, partition.rows, partition.setAside, partition.journal, false);
        }

        @Override
        public RelationPage relationsAfter(long cursor, int limit) {
            requireOpen();
            if (limit < 1) {
                throw new IllegalArgumentException("A page has 1 row or more, not " + limit);
            }
            List<Map.Entry<RelationKey, Long>> page = partition.rows.entrySet().stream()
                    .filter(row -> row.getValue() > cursor)
                    .sorted(Comparator.comparing(Map.Entry<RelationKey, Long>::getValue))
                    .limit(limit)
                    .toList();
            long next = page.isEmpty() ? cursor : page.get(page.size() - 1).getValue();
            return new RelationPage(page.stream().map(Map.Entry::getKey).toList(), next, page.size() < limit);
        }

        @Override
        public TallyPage talliesAfter(long cursor, int limit) {
            requireOpen();
            if (limit < 1) {
                throw new IllegalArgumentException("A page has 1 row or more, not " + limit);
            }
            List<GameCharacter> page = characters.values().stream()
                    .sorted(Comparator.comparing(character -> character.ocid().value()))
                    .skip(cursor)
                    .limit(limit)
                    .toList();
            List<Tally> tallies = page.stream()
                    .filter(character -> partitions.of(character.ocid()) == number)
                    .map(character -> {
                        long rows = partition.count(character).likeCount().value();
                        return new Tally(character, rows + miscounts.getOrDefault(character.ocid(), 0L), rows);
                    })
                    .toList();
            return new TallyPage(tallies, cursor + page.size(), page.size() < limit);
        }

        @Override
        public Map<RelationKey, Boolean> stored(Collection<RelationKey> relations) {
            requireOpen();
            Map<RelationKey, Boolean> stored = new HashMap<>();
            for (RelationKey relation : relations) {
                if (characters.containsKey(relation.target()) && partitions.of(relation.target()) == number) {
                    stored.put(relation, partition.rows.containsKey(relation));
                }
            }
            return stored;
        }

        @Override
        public long setAside() {
            requireOpen();
            return partition.setAside.size();
        }

        @Override
        public void recount(Collection<Ocid> targets) {
            requireOpen();
            miscounts.keySet().removeAll(targets);
        }

        @Override
        public void outpaceBuffer() {
            requireOpen();
            if (partition.detached || !partition.journal.isEmpty()) {
                throw new IllegalStateException("There is a journal, which would be lost");
            }
            partition = new Partition(
                    new PartitionState(partition.state.generation() + 3, Map.of()),
                    partition.rows,
                    partition.setAside,
                    partition.journal,
                    false);
        }

        @Override
        public long replaceBuffer() {
            outpaceBuffer();
            return detachments.incrementAndGet(number);
        }

        private void requireOpen() {
            if (!open) {
                throw new IllegalStateException("The partition is locked for as long as the work runs");
            }
            requireHere("work on a partition");
        }
    }
}
