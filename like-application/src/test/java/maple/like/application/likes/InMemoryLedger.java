package maple.like.application.likes;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.KeptAnswer;
import maple.like.application.KeyUse;
import maple.like.application.PartitionState;
import maple.like.application.PrimaryAheadException;
import maple.like.application.RelationChanges;
import maple.like.application.contract.DatabaseFixture.Stored;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.CharacterRanking;
import maple.like.application.port.out.CharacterRegistry;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLists;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.LikeToggle.Relation;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.service.LikeUseCases;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikePartitions;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/**
 * A database in memory that passes the contracts of a real one. A transaction works on a copy of its partition and
 * commits by replacing it. Several instances on one database are several users of one object.
 */
public final class InMemoryLedger
        implements LikeLedger, LikeCountStore, LikeLists, CharacterRanking, CharacterDirectory, CharacterRegistry {
    private final LikePartitions partitions;
    private final AtomicReferenceArray<Partition> committed;
    private final Semaphore[] locks;
    private final Map<Ocid, GameCharacter> characters = new ConcurrentHashMap<>();
    private final Map<CharacterName, GameCharacter> names = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final AtomicLong transactions = new AtomicLong();
    private volatile boolean available = true;
    private volatile Predicate<RelationKey> rejected = relation -> false;

    /** A database of one partition. */
    public InMemoryLedger() {
        this(new LikePartitions(1));
    }

    public InMemoryLedger(LikePartitions partitions) {
        this.partitions = partitions;
        this.committed = new AtomicReferenceArray<>(partitions.count());
        this.locks = new Semaphore[partitions.count()];
        partitions.all().forEach(partition -> {
            committed.set(partition, new Partition());
            locks[partition] = new Semaphore(1);
        });
    }

    /** An unavailable database fails all calls, also in a transaction that is under way. */
    public void setAvailable(boolean available) {
        this.available = available;
    }

    /** From now on changes of these relations, and no others, are rejected. */
    public void reject(Predicate<RelationKey> relations) {
        rejected = relations;
    }

    /** Makes a count differ from the number of rows. */
    public void miscount(Ocid target, long by) {
        tamper(target, partition -> partition.miscounts.merge(target, by, Long::sum));
    }

    /** Removes a row and leaves its count, as no transaction does. */
    public void loseRow(RelationKey relation) {
        tamper(relation.target(), partition -> partition.rows.remove(relation));
        miscount(relation.target(), 1);
    }

    private void tamper(Ocid target, Function<Partition, ?> change) {
        committed.updateAndGet(partitions.of(target), before -> {
            Partition after = new Partition(before);
            change.apply(after);
            return after;
        });
    }

    /** Reconciles an empty store, so that it takes what the database holds. */
    public void reconcile(PendingLikes pending) {
        partitions
                .all()
                .forEach(partition -> awaitPartition(partition, locked -> {
                    new Reconciler(pending).reconcile(partition, locked);
                    return true;
                }));
    }

    /** To be run when all that is committed from now on is to be lost. */
    public Runnable lossOfCommits() {
        List<Partition> kept = partitions.all().mapToObj(committed::get).toList();
        return () -> partitions.all().forEach(partition -> committed.set(partition, kept.get(partition)));
    }

    /** Flushes until nothing is left to do, and no buffered count is unaccounted for. */
    public void syncAll(PendingLikes pending) {
        SyncLikes sync = LikeUseCases.syncLikes(this, pending, this, 100, 10);
        partitions.all().forEach(partition -> {
            SyncLikes.Report report;
            do {
                report = sync.sync(partition);
                assertThat(report.drift()).isEmpty();
            } while (report.more() || report.outcome() == SyncLikes.Outcome.STORED);
        });
    }

    /** Lets this database decide while the primary store cannot. */
    public LikeToggle failover(LikeToggle primary, PendingLikes pending) {
        return new FailoverLikeToggle(primary, pending, this, this, partitions, System::nanoTime);
    }

    /** All rows. */
    public Set<RelationKey> rows() {
        Set<RelationKey> rows = new HashSet<>();
        partitions
                .all()
                .forEach(partition -> rows.addAll(committed.get(partition).rows.keySet()));
        return rows;
    }

    /** The count and the rows of a character, of one moment. */
    Stored stored(Ocid target) {
        Partition partition = committed.get(partitions.of(target));
        return new Stored(partition.likeCount(target), partition.likers(target));
    }

    /** All dead letters, and what the relations were to become. */
    public Map<RelationKey, Boolean> deadLetters() {
        Map<RelationKey, Boolean> letters = new HashMap<>();
        partitions.all().forEach(partition -> letters.putAll(committed.get(partition).deadLetters));
        return letters;
    }

    /** All characters. */
    public Set<GameCharacter> characters() {
        return Set.copyOf(characters.values());
    }

    /** What is stored of requests with an idempotency key. */
    public Set<KeptAnswer> answers() {
        Set<KeptAnswer> answers = new HashSet<>();
        partitions.all().forEach(partition -> answers.addAll(committed.get(partition).answers));
        return answers;
    }

    /** The committed state of a partition. */
    public PartitionState state(int partition) {
        return committed.get(partition).row.state();
    }

    @Override
    public <R> Optional<R> tryPartition(int partition, Function<LockedPartition, R> work) {
        requireAvailable("lock partition " + partition);
        return locks[partition].tryAcquire() ? Optional.of(runLocked(partition, work)) : Optional.empty();
    }

    @Override
    public <R> R awaitPartition(int partition, Function<LockedPartition, R> work) {
        requireAvailable("lock partition " + partition);
        locks[partition].acquireUninterruptibly();
        return runLocked(partition, work);
    }

    /** As {@link #awaitPartition(int, Function)}, as a part of a transaction that was begun before. */
    public <R> R awaitPartition(int partition, long token, Function<LockedPartition, R> work) {
        locks[partition].acquireUninterruptibly();
        return runLocked(partition, token, work);
    }

    @Override
    public Map<Integer, Decided> decide(Map<Integer, List<Change>> changes, Runnable beforeCommit) {
        requireAvailable("decide in partitions " + changes.keySet());
        List<Integer> inOrder = changes.keySet().stream().sorted().toList();
        inOrder.forEach(partition -> locks[partition].acquireUninterruptibly());
        try {
            long token = transactions.incrementAndGet();
            Map<Integer, Decided> decided = new HashMap<>();
            List<Transaction> used = new ArrayList<>();
            for (int partition : inOrder) {
                Transaction transaction = new Transaction(partition, token);
                if (transaction.row().state().databaseDecides()) {
                    used.add(transaction);
                    decided.put(
                            partition,
                            new Decided(
                                    transaction.row().epoch(),
                                    transaction.decide(requireNonNull(changes.get(partition)))));
                }
            }
            Map<String, KeptAnswer> keys = new HashMap<>();
            for (Transaction transaction : used) {
                for (KeptAnswer answer : transaction.partition.answers) {
                    KeptAnswer first = keys.putIfAbsent(answer.account() + " " + answer.key(), answer);
                    if (first != null) {
                        first.requireTarget(answer.target());
                    }
                }
            }
            beforeCommit.run();
            requireAvailable("commit partitions " + changes.keySet());
            used.forEach(transaction -> committed.set(transaction.number, transaction.partition));
            return decided;
        } finally {
            inOrder.forEach(partition -> locks[partition].release());
        }
    }

    private <R> R runLocked(int partition, Function<LockedPartition, R> work) {
        try {
            return runLocked(partition, transactions.incrementAndGet(), work);
        } catch (PrimaryAheadException ahead) {
            locks[partition].acquireUninterruptibly();
            runLocked(partition, transactions.incrementAndGet(), locked -> ((Transaction) locked).outrun(ahead));
            return awaitPartition(partition, work);
        }
    }

    private <R> R runLocked(int partition, long token, Function<LockedPartition, R> work) {
        Transaction transaction = new Transaction(partition, token);
        try {
            R result = requireNonNull(work.apply(transaction), "the work's result");
            requireAvailable("commit partition " + partition);
            committed.set(partition, transaction.partition);
            return result;
        } finally {
            transaction.open = false;
            locks[partition].release();
        }
    }

    @Override
    public Map<Ocid, StoredCount> counts(Collection<Ocid> ocids) {
        Map<Ocid, StoredCount> counts = new HashMap<>();
        for (Ocid ocid : ocids) {
            requireAvailable("read the likes of " + ocid);
            GameCharacter character = characters.get(ocid);
            if (character != null) {
                counts.put(ocid, committed.get(partitions.of(ocid)).count(character));
            }
        }
        return counts;
    }

    @Override
    public Map<RelationKey, StoredLike> likes(Collection<RelationKey> relations) {
        Map<RelationKey, StoredLike> likes = new HashMap<>();
        for (RelationKey relation : relations) {
            requireAvailable("read the likes of " + relation.target());
            Partition partition = committed.get(partitions.of(relation.target()));
            GameCharacter character = characters.get(relation.target());
            if (character != null) {
                likes.put(relation, new StoredLike(partition.rows.containsKey(relation), partition.count(character)));
            }
        }
        return likes;
    }

    @Override
    public Optional<KeptAnswer> answer(AccountId account, KeyUse use) {
        requireAvailable("find an answer");
        return partitions
                .all()
                .mapToObj(partition -> committed.get(partition).answer(account, use))
                .flatMap(Optional::stream)
                .findFirst();
    }

    @Override
    public List<Entry> likersOf(GameCharacter character, long after, int limit) {
        return list(relation -> relation.target().equals(character.ocid()), after, limit);
    }

    @Override
    public List<Entry> likesOf(AccountId account, long after, int limit) {
        return list(relation -> relation.account().equals(account), after, limit);
    }

    private List<Entry> list(Predicate<RelationKey> which, long after, int limit) {
        requireAvailable("list likes");
        return partitions
                .all()
                .boxed()
                .flatMap(partition -> committed.get(partition).rows.entrySet().stream())
                .filter(row -> which.test(row.getKey()) && row.getValue() < after)
                .map(row -> new Entry(
                        row.getValue(),
                        new Relation(
                                row.getKey().account(),
                                requireNonNull(characters.get(row.getKey().target()))),
                        Instant.now(),
                        requireNonNull(characters.get(row.getKey().target())).name()))
                .sorted(Comparator.comparing(Entry::number).reversed())
                .limit(limit)
                .toList();
    }

    @Override
    public Ranking read() {
        requireAvailable("read the ranking");
        return new Ranking(
                Instant.now(),
                characters.values().stream()
                        .map(each -> new Counted(
                                each.name(),
                                new LikeCount(committed
                                        .get(partitions.of(each.ocid()))
                                        .likeCount(each.ocid()))))
                        .sorted(Comparator.comparing(
                                        (Counted each) -> -each.likeCount().value())
                                .thenComparing(each -> each.name().value()))
                        .limit(LIMIT)
                        .toList());
    }

    @Override
    public Map<CharacterName, GameCharacter> find(Collection<CharacterName> wanted) {
        requireAvailable("look up " + wanted);
        Map<CharacterName, GameCharacter> found = new HashMap<>(names);
        found.keySet().retainAll(wanted);
        return found;
    }

    @Override
    public synchronized void register(GameCharacter character) {
        requireAvailable("register " + character.name());
        if (!characters.getOrDefault(character.ocid(), character).equals(character)
                || !names.getOrDefault(character.name(), character).equals(character)) {
            throw new IllegalArgumentException(
                    "The name or the OCID of " + character + " already belongs to another character");
        }
        characters.put(character.ocid(), character);
        names.put(character.name(), character);
    }

    @Override
    public synchronized GameCharacter admit(Ocid ocid, CharacterName name) {
        return find(name).orElseGet(() -> {
            GameCharacter character = characters.computeIfAbsent(ocid, unknown -> new GameCharacter(ocid, name));
            names.put(name, character);
            return character;
        });
    }

    private void requireAvailable(String what) {
        if (!available) {
            throw new DatabaseUnavailableException("Could not " + what, null);
        }
    }

    private static <T> List<T> page(Stream<T> rows, Comparator<T> order, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("A page has 1 row or more, not " + limit);
        }
        return rows.sorted(order).limit(limit).toList();
    }

    private static <T> String cursorAfter(List<T> page, Function<T, String> cursor, String before) {
        return page.isEmpty() ? before : cursor.apply(page.get(page.size() - 1));
    }

    /** Never changed once it is committed. */
    private static final class Partition {
        /** Relations, and ids in the order in which they were added. */
        final Map<RelationKey, Long> rows = new HashMap<>();

        final Map<Ocid, Long> miscounts = new HashMap<>();
        final Map<RelationKey, Boolean> deadLetters = new HashMap<>();
        final List<JournalEntry> journal = new ArrayList<>();
        final Set<KeptAnswer> answers = new HashSet<>();
        Map<GameCharacter, Long> lastChanges = Map.of();
        PartitionRow row = new PartitionRow(0, 0, PartitionState.ACTIVE, 0, null);

        Partition() {}

        Partition(Partition other) {
            rows.putAll(other.rows);
            miscounts.putAll(other.miscounts);
            deadLetters.putAll(other.deadLetters);
            journal.addAll(other.journal);
            answers.addAll(other.answers);
            lastChanges = other.lastChanges;
            row = other.row;
        }

        Optional<KeptAnswer> answer(AccountId account, KeyUse use) {
            return answers.stream()
                    .filter(answer -> answer.account().equals(account)
                            && answer.key().equals(use.key())
                            && answer.expiresAt().isAfter(use.usedAt()))
                    .findFirst();
        }

        Set<AccountId> likers(Ocid target) {
            return rows.keySet().stream()
                    .filter(relation -> relation.target().equals(target))
                    .map(RelationKey::account)
                    .collect(Collectors.toSet());
        }

        long likeCount(Ocid target) {
            return likers(target).size() + miscounts.getOrDefault(target, 0L);
        }

        StoredCount count(GameCharacter character) {
            return new StoredCount(
                    new LikeCount(likeCount(character.ocid())),
                    row.generation(),
                    lastChanges.getOrDefault(character, 0L),
                    row.state());
        }

        void setGeneration(long generation, long token, Map<GameCharacter, Long> changes) {
            row = new PartitionRow(generation, token, row.state(), row.epoch(), row.recoversFrom());
            lastChanges = new HashMap<>(changes);
            lastChanges.values().removeIf(change -> change == 0);
        }
    }

    private final class Transaction implements LockedPartition, Rows, Journal, Inspection, Primary {
        private final int number;
        private final Partition partition;
        private final long token;
        private boolean open = true;

        Transaction(int number, long token) {
            this.number = number;
            this.token = token;
            this.partition = new Partition(committed.get(number));
        }

        private Partition here() {
            if (!open) {
                throw new IllegalStateException("A partition cannot be used after its transaction");
            }
            requireAvailable("work on partition " + number);
            return partition;
        }

        @Override
        public long token() {
            return token;
        }

        @Override
        public PartitionRow row() {
            return here().row;
        }

        @Override
        public void moveTo(PartitionState next) {
            PartitionRow before = row();
            boolean failover = next == PartitionState.FAILED_OVER && next != before.state();
            partition.row = new PartitionRow(
                    before.generation(),
                    before.token(),
                    before.state().to(next),
                    failover ? before.epoch() + 1 : before.epoch(),
                    before.recoversFrom());
        }

        private PartitionRow outrun(PrimaryAheadException ahead) {
            PartitionRow before = row();
            if (before.generation() < ahead.known()) {
                here().journal.removeIf(entry -> ahead.applied().covers(entry.mark()));
                partition.setGeneration(ahead.known() + 4 * token, token, Map.of());
                recoverFrom(before.recoversFrom() == null ? before.generation() : before.recoversFrom());
                if (!before.state().databaseDecides()) {
                    moveTo(PartitionState.REBUILDING);
                }
            }
            return row();
        }

        @Override
        public void recovered() {
            recoverFrom(null);
        }

        private void recoverFrom(@Nullable Long generation) {
            partition.row =
                    new PartitionRow(row().generation(), row().token(), row().state(), row().epoch(), generation);
        }

        @Override
        public PartitionRow replace() {
            invalidate();
            partition.row = new PartitionRow(row().generation(), row().token(), row().state(), row().epoch() + 1, null);
            return row();
        }

        @Override
        public Rows rows() {
            return this;
        }

        @Override
        public Journal journal() {
            return this;
        }

        @Override
        public Inspection inspection() {
            return this;
        }

        @Override
        public Primary primary() {
            return this;
        }

        @Override
        public StoredBatch store(LikeBatch batch) {
            Map<GameCharacter, Long> countChanges = new HashMap<>();
            List<RelationKey> deadLetters = new ArrayList<>();
            int inserted = 0;
            int deleted = 0;
            for (RelationKey relation : batch.changes().relations()) {
                boolean liked = batch.changes().likes().contains(relation);
                GameCharacter character = characters.get(relation.target());
                boolean stored = here().rows.containsKey(relation);
                if (stored != liked && (character == null || rejected.test(relation))) {
                    deadLetters.add(relation);
                    partition.deadLetters.put(relation, liked);
                    if (character != null) {
                        journal(relation.account(), character, stored, 0);
                    }
                } else if (stored != liked) {
                    put(relation, liked);
                    inserted += liked ? 1 : 0;
                    deleted += liked ? 0 : 1;
                    countChanges.merge(character, liked ? 1L : -1L, Long::sum);
                }
            }
            batch.answers().stream()
                    .filter(answer -> !deadLetters.contains(answer.relation()))
                    .filter(answer -> answer(answer.account(), useOf(answer)).isEmpty())
                    .forEach(here().answers::add);
            here().setGeneration(batch.number(), token, countChanges);
            return new StoredBatch(partition.lastChanges, inserted, deleted, deadLetters);
        }

        private static KeyUse useOf(KeptAnswer answer) {
            return new KeyUse(answer.key(), Instant.EPOCH, answer.expiresAt());
        }

        @Override
        public int removeOrphans(Collection<RelationKey> relations) {
            List<RelationKey> orphans = relations.stream()
                    .filter(relation -> !characters.containsKey(relation.target())
                            && here().rows.containsKey(relation))
                    .toList();
            orphans.forEach(here().rows::remove);
            return orphans.size();
        }

        @Override
        public boolean admitCharacters() {
            return false; // there are no other writers
        }

        private void put(RelationKey relation, boolean liked) {
            if (liked) {
                partition.rows.putIfAbsent(relation, ids.incrementAndGet());
            } else {
                partition.rows.remove(relation);
            }
        }

        private void journal(AccountId account, GameCharacter character, boolean liked, long change) {
            partition.journal.add(new JournalEntry(
                    ids.incrementAndGet(),
                    account,
                    character,
                    liked,
                    change,
                    Instant.now().truncatedTo(ChronoUnit.MICROS)));
        }

        @Override
        public Map<GameCharacter, Long> lastChanges(Collection<Ocid> targets) {
            Map<GameCharacter, Long> changes = new HashMap<>(here().lastChanges);
            changes.keySet().removeIf(character -> !targets.contains(character.ocid()));
            return changes;
        }

        @Override
        public Map<GameCharacter, Long> effectOf(RelationChanges changes) {
            Map<GameCharacter, Long> effect = new HashMap<>();
            for (RelationKey relation : changes.relations()) {
                GameCharacter character = characters.get(relation.target());
                if (character != null) {
                    long decided = here().journal.stream()
                            .filter(entry -> entry.relation().equals(relation))
                            .mapToLong(JournalEntry::change)
                            .sum();
                    long before = (partition.rows.containsKey(relation) ? 1 : 0) - decided;
                    effect.merge(character, (changes.likes().contains(relation) ? 1 : 0) - before, Long::sum);
                }
            }
            return effect;
        }

        @Override
        public RelationPage relationsAfter(String cursor, int limit) {
            long after = cursor.equals(LikeLedger.START) ? 0 : Long.parseLong(cursor);
            List<Map.Entry<RelationKey, Long>> page = page(
                    here().rows.entrySet().stream().filter(row -> row.getValue() > after),
                    Map.Entry.comparingByValue(),
                    limit);
            return new RelationPage(
                    page.stream().map(Map.Entry::getKey).toList(),
                    cursorAfter(page, row -> row.getValue().toString(), cursor),
                    page.size() < limit);
        }

        @Override
        public List<Optional<Decision>> decide(List<Change> changes) {
            if (!row().state().databaseDecides()) {
                throw new IllegalStateException("The database does not decide while the partition is " + row());
            }
            if (changes.stream().map(Change::relation).anyMatch(rejected)) {
                throw new IllegalArgumentException("A row was rejected");
            }
            return changes.stream().map(this::decide).toList();
        }

        private Optional<Decision> decide(Change change) {
            GameCharacter character = change.character();
            if (!characters.containsKey(character.ocid())) {
                return Optional.empty();
            }
            LikeStatus before = new LikeStatus(
                    partition.rows.containsKey(change.relation()),
                    new LikeCount(partition.likeCount(character.ocid())));
            KeyUse use = change.use();
            Optional<KeptAnswer> answer = use == null
                    ? Optional.empty()
                    : partition
                            .answer(change.account(), use)
                            .or(() -> InMemoryLedger.this.answer(change.account(), use));
            if (answer.isPresent()) {
                answer.get().requireTarget(character.ocid());
                return Optional.of(new Decision(new LikeStatus(answer.get().liked(), before.likeCount()), false, true));
            }
            LikeStatus after = before.after(change.intent());
            if (use != null) {
                partition.answers.add(KeptAnswer.of(change.relation(), after.liked(), use));
            }
            put(change.relation(), after.liked());
            journal(
                    change.account(),
                    character,
                    after.liked(),
                    after.likeCount().value() - before.likeCount().value());
            return Optional.of(new Decision(after, !after.equals(before)));
        }

        @Override
        public List<JournalEntry> entries(int limit) {
            return here().journal.stream().limit(limit).toList();
        }

        @Override
        public void acknowledge(long generation, List<JournalEntry> entries) {
            Map<GameCharacter, Long> changes = new HashMap<>();
            entries.forEach(entry -> changes.merge(entry.character(), entry.change(), Long::sum));
            long last = entries.get(entries.size() - 1).number();
            here().journal.removeIf(entry -> entry.number() <= last);
            partition.setGeneration(generation, token, changes);
        }

        @Override
        public CountPage countsAfter(String cursor, int limit) {
            List<CharacterCount> page = page(
                    characters.values().stream()
                            .filter(character -> partitions.of(character.ocid()) == number)
                            .filter(character -> character.ocid().value().compareTo(cursor) > 0)
                            .map(character -> new CharacterCount(
                                    character,
                                    here().likeCount(character.ocid()),
                                    partition.likers(character.ocid()).size())),
                    Comparator.comparing(count -> count.character().ocid().value()),
                    limit);
            return new CountPage(
                    page,
                    List.of(),
                    cursorAfter(page, count -> count.character().ocid().value(), cursor),
                    page.size() < limit);
        }

        @Override
        public RelationChanges stored(Collection<RelationKey> relations) {
            Map<RelationKey, Boolean> stored = new HashMap<>();
            relations.forEach(relation -> stored.put(relation, here().rows.containsKey(relation)));
            stored.keySet()
                    .removeIf(relation ->
                            !characters.containsKey(relation.target()) || partitions.of(relation.target()) != number);
            return RelationChanges.of(stored);
        }

        @Override
        public long deadLetters() {
            return here().deadLetters.size();
        }

        @Override
        public void recount(Collection<Ocid> targets) {
            here().miscounts.keySet().removeAll(targets);
        }

        @Override
        public void invalidate() {
            if (!here().journal.isEmpty()) {
                throw new IllegalStateException("The journal of partition " + number + " would be lost");
            }
            partition.setGeneration(row().generation() + 3, token, Map.of());
            moveTo(PartitionState.REBUILDING);
        }
    }
}
