package maple.like.adapter.jpa;

import static java.util.Comparator.comparing;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import maple.like.adapter.jpa.LikeRows.LockedCharacter;
import maple.like.adapter.jpa.LikeRows.Written;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.LikeLedger.AppliedBatch;
import maple.like.application.port.out.LikeLedger.Decision;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.LikeLedger.Tally;
import maple.like.application.port.out.LikeLedger.TallyPage;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/** A partition whose row this transaction has locked. */
final class JpaLockedPartition implements LockedPartition, AutoCloseable {
    /** The one that follows, and the one after that, which a journal is given that displaces it. */
    private static final int BEYOND_EVERY_BATCH = 3;

    private static final String NO_CHARACTER = "no character has this OCID";

    private final StatelessSession session;
    private final LikeRows rows;
    private final LikePartitions partitions;
    private final InstantSource clock;
    private final Refusals refusals;
    private final LikePartitionEntity locked;
    private final Thread owner = Thread.currentThread();
    private boolean open = true;
    private @Nullable PartitionState state;
    private @Nullable RuntimeException failure;

    JpaLockedPartition(
            StatelessSession session,
            Sql sql,
            LikePartitions partitions,
            InstantSource clock,
            Refusals refusals,
            LikePartitionEntity locked) {
        this.session = session;
        this.rows = new LikeRows(session, sql);
        this.partitions = partitions;
        this.clock = clock;
        this.refusals = refusals;
        this.locked = locked;
    }

    @Override
    public PartitionState state() {
        requireOpen();
        if (state == null) {
            state = new PartitionState(locked.generation, DeltaLines.read(locked.deltas));
        }
        return state;
    }

    @Override
    public boolean detached() {
        requireOpen();
        return locked.detached;
    }

    @Override
    public long detachments() {
        requireOpen();
        return locked.detachments;
    }

    @Override
    public AppliedBatch apply(LikeBatch batch) {
        return attempt("store batch " + batch.number() + " of partition " + locked.id, () -> store(batch));
    }

    @Override
    public Optional<Decision> decide(RelationKey relation, LikeIntent intent) {
        return attempt("decide about " + relation, () -> flip(relation, intent));
    }

    @Override
    public List<JournalEntry> journal(int limit) {
        return attempt("read the journal of partition " + locked.id, () -> {
            // Asked for in any case: this is also how an owner learns that it has lost the lock.
            List<JournalEntry> decided = entries(limit);
            List<JournalEntry> refused = DeltaLines.refused(locked.deltas);
            return refused.isEmpty() ? decided : refused;
        });
    }

    @Override
    public PartitionState replay(long number, List<JournalEntry> replayed) {
        Map<CharacterName, Long> changes = new HashMap<>();
        replayed.forEach(entry -> changes.merge(entry.name(), entry.change(), Long::sum));
        return attempt("replay the journal of partition " + locked.id, () -> {
            long last = replayed.get(replayed.size() - 1).number();
            if (last != LikePartitionEntity.REFUSED) {
                session.createMutationQuery(
                                "delete from LikeFallbackEntity where partitionId = :partition and id <= :last")
                        .setParameter("partition", locked.id)
                        .setParameter("last", last)
                        .executeUpdate();
            }
            return advance(number, changes, List.of());
        });
    }

    @Override
    public Map<CharacterName, Long> changes(Map<RelationKey, Boolean> entries) {
        return attempt("compare changes with partition " + locked.id, () -> differences(entries));
    }

    @Override
    public void attach() {
        attempt("attach partition " + locked.id, () -> {
            locked.detached = false;
            session.update(locked);
            return true;
        });
    }

    @Override
    public RelationPage relationsAfter(long cursor, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("A page has 1 row or more, not " + limit);
        }
        return attempt("read relations of partition " + locked.id, () -> page(cursor, limit));
    }

    @Override
    public TallyPage talliesAfter(long cursor, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("A page has 1 row or more, not " + limit);
        }
        return attempt("count the rows of partition " + locked.id, () -> tallies(cursor, limit));
    }

    @Override
    public Map<RelationKey, Boolean> stored(Collection<RelationKey> relations) {
        return attempt("look up relations of partition " + locked.id, () -> {
            List<RelationKey> own = inFixedOrder(new HashSet<>(relations));
            own.removeIf(relation -> partitions.of(relation.target()) != locked.id);
            Map<Ocid, LockedCharacter> characters = rows.lockCharacters(LikeRows.targetsOf(own));
            own.removeIf(relation -> !characters.containsKey(relation.target()));
            Set<RelationKey> found = rows.find(own).keySet();
            Map<RelationKey, Boolean> stored = new HashMap<>();
            own.forEach(relation -> stored.put(relation, found.contains(relation)));
            return stored;
        });
    }

    @Override
    public long setAside() {
        return attempt(
                "count what is set aside of partition " + locked.id,
                () -> session
                        .createNativeQuery(
                                "select target_ocid, count(*) from like_set_aside group by target_ocid", Object[].class)
                        .getResultList()
                        .stream()
                        .filter(row -> partitions.of(new Ocid((String) row[0])) == locked.id)
                        .mapToLong(row -> ((Number) row[1]).longValue())
                        .sum());
    }

    @Override
    public void recount(Collection<Ocid> targets) {
        attempt("count the rows of partition " + locked.id + " anew", () -> {
            Set<Ocid> ordered = new TreeSet<>(comparing(Ocid::value));
            ordered.addAll(targets);
            for (LockedCharacter character : rows.lockCharacters(ordered).values()) {
                session.createMutationQuery("""
                                update GameCharacterEntity c
                                   set c.likeCount = (select count(*)
                                                        from CharacterLikeEntity l
                                                       where l.targetOcid = c.ocid)
                                 where c.id = :id
                                """)
                        .setParameter("id", character.id())
                        .executeUpdate();
            }
            return true;
        });
    }

    @Override
    public void outpaceBuffer() {
        attempt("outpace the buffer of partition " + locked.id, this::outpace);
    }

    @Override
    public long replaceBuffer() {
        return attempt("replace the buffer of partition " + locked.id, () -> {
            locked.detachments++;
            outpace();
            return locked.detachments;
        });
    }

    private PartitionState outpace() {
        if (locked.detached || !DeltaLines.refused(locked.deltas).isEmpty()) {
            throw new IllegalStateException("Partition " + locked.id + " has a journal, which would be lost");
        }
        return advance(locked.generation + BEYOND_EVERY_BATCH, new HashMap<>(), List.of());
    }

    /** Half a batch must not be committed, even where the work took no notice of a call that failed. */
    void requireIntact() {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() {
        open = false;
    }

    private AppliedBatch store(LikeBatch batch) {
        List<RelationKey> relations = inFixedOrder(batch.entries().keySet());
        Instant now = clock.instant();
        Written written;
        try {
            written = rows.write(relations, batch.entries(), refusals.reasons().keySet(), now);
        } catch (RuntimeException e) {
            Map<RelationKey, Boolean> suspects = new LinkedHashMap<>();
            relations.forEach(relation -> suspects.put(relation, batch.entries().get(relation)));
            suspects.keySet().removeAll(refusals.reasons().keySet());
            refusals.suspect(suspects);
            throw e;
        }
        List<RelationKey> orphans = new ArrayList<>(relations);
        orphans.removeIf(written.liked()::containsKey);
        List<JournalEntry> refused = new ArrayList<>();
        written.liked().forEach((relation, liked) -> {
            if (!liked.equals(batch.entries().get(relation))) {
                CharacterName name = written.nameOf(relation);
                refused.add(new JournalEntry(LikePartitionEntity.REFUSED, relation, name, liked, 0));
            }
        });
        rows.setAside(orphans, batch.entries()::get, NO_CHARACTER, now);
        record(refused, now);

        Map<CharacterName, Long> deltas = new HashMap<>();
        written.changes().forEach((character, change) -> deltas.merge(character.name(), change, Long::sum));
        List<RelationKey> setAside = new ArrayList<>(orphans);
        refused.forEach(entry -> setAside.add(entry.relation()));
        return new AppliedBatch(
                advance(batch.number(), deltas, refused), written.inserted(), written.deleted(), setAside);
    }

    private PartitionState advance(long number, Map<CharacterName, Long> deltas, List<JournalEntry> refused) {
        deltas.values().removeIf(delta -> delta == 0);
        locked.generation = number;
        locked.deltas = DeltaLines.write(deltas, refused);
        session.update(locked);
        state = new PartitionState(number, deltas);
        return state;
    }

    private Map<CharacterName, Long> differences(Map<RelationKey, Boolean> entries) {
        List<RelationKey> relations = inFixedOrder(entries.keySet());
        Map<Ocid, LockedCharacter> characters = rows.lockCharacters(LikeRows.targetsOf(relations));
        Set<RelationKey> stored = rows.find(relations).keySet();
        Map<RelationKey, Long> decided = new HashMap<>();
        entries(Integer.MAX_VALUE).forEach(entry -> decided.merge(entry.relation(), entry.change(), Long::sum));
        Map<CharacterName, Long> differences = new HashMap<>();
        entries.forEach((relation, liked) -> {
            LockedCharacter character = characters.get(relation.target());
            if (character != null) {
                long before = (stored.contains(relation) ? 1 : 0) - decided.getOrDefault(relation, 0L);
                differences.merge(character.name(), (liked ? 1 : 0) - before, Long::sum);
            }
        });
        return differences;
    }

    private void record(List<JournalEntry> refused, Instant now) {
        if (refusals.unrecorded()) {
            return;
        }
        try {
            for (JournalEntry entry : refused) {
                String reason = refusals.reasons().getOrDefault(entry.relation(), "");
                rows.setAside(List.of(entry.relation()), relation -> !entry.liked(), reason, now);
            }
        } catch (RuntimeException e) {
            refusals.giveUpRecording();
            throw e;
        }
    }

    private Optional<Decision> flip(RelationKey relation, LikeIntent intent) {
        LockedCharacter character =
                rows.lockCharacters(Set.of(relation.target())).get(relation.target());
        if (character == null) {
            return Optional.empty();
        }
        Long id = rows.find(List.of(relation)).get(relation);
        boolean liked = id != null;
        boolean wanted = intent.appliedTo(liked);
        long change = (wanted ? 1L : 0L) - (liked ? 1L : 0L);
        Instant now = clock.instant();
        if (change > 0) {
            rows.insert(List.of(relation), now);
        } else if (change < 0 && id != null) {
            rows.delete(List.of(id));
        }
        if (change != 0) {
            rows.addToCounts(Map.of(character, change));
        }
        // An unchanged state is noted too: what Redis holds may differ.
        session.insert(new LikeFallbackEntity(locked.id, relation, wanted, change, now));
        if (!locked.detached) {
            locked.detached = true;
            locked.detachments++;
            session.update(locked);
        }
        long count = session.createSelectionQuery(
                        "select likeCount from GameCharacterEntity where id = :id", Long.class)
                .setParameter("id", character.id())
                .getSingleResult();
        return Optional.of(new Decision(new LikeStatus(wanted, new LikeCount(count)), change != 0));
    }

    /** Entries of a character that no longer exists have nobody to be counted for; the next replay forgets them. */
    private List<JournalEntry> entries(int limit) {
        return session
                .createSelectionQuery("""
                        select f.id, f.likerAccountId, f.targetOcid, c.userIgn, f.liked, f.changeBy
                          from LikeFallbackEntity f
                          join GameCharacterEntity c on c.ocid = f.targetOcid
                         where f.partitionId = :partition
                         order by f.id
                        """, Object[].class)
                .setParameter("partition", locked.id)
                .setMaxResults(limit)
                .getResultList()
                .stream()
                .map(row -> new JournalEntry(
                        (Long) row[0],
                        new RelationKey(new AccountId((String) row[1]), new Ocid((String) row[2])),
                        new CharacterName((String) row[3]),
                        (Boolean) row[4],
                        (Long) row[5]))
                .toList();
    }

    /** Also the order of the unique index, which makes a large insert cheaper. */
    private static List<RelationKey> inFixedOrder(Set<RelationKey> relations) {
        List<RelationKey> ordered = new ArrayList<>(relations);
        ordered.sort(comparing((RelationKey relation) -> relation.target().value())
                .thenComparing(relation -> relation.account().value()));
        return ordered;
    }

    private TallyPage tallies(long cursor, int limit) {
        List<Object[]> page = session.createSelectionQuery("""
                        select c.id, c.ocid, c.userIgn, c.likeCount
                          from GameCharacterEntity c
                         where c.id > :cursor
                         order by c.id
                        """, Object[].class)
                .setParameter("cursor", cursor)
                .setMaxResults(limit)
                .getResultList();
        long nextCursor = page.isEmpty() ? cursor : (Long) page.get(page.size() - 1)[0];
        List<Object[]> own = page.stream()
                .filter(row -> partitions.of(new Ocid((String) row[1])) == locked.id)
                .toList();
        Map<String, Long> counts =
                countRows(own.stream().map(row -> (String) row[1]).toList());
        List<Tally> tallies = own.stream()
                .map(row -> new Tally(
                        new GameCharacter(new Ocid((String) row[1]), new CharacterName((String) row[2])),
                        (Long) row[3],
                        counts.getOrDefault((String) row[1], 0L)))
                .toList();
        return new TallyPage(tallies, nextCursor, page.size() < limit);
    }

    /** Targets without a row are left out. */
    private Map<String, Long> countRows(List<String> targets) {
        Map<String, Long> counts = new HashMap<>();
        if (!targets.isEmpty()) {
            session.createSelectionQuery("""
                            select l.targetOcid, count(*)
                              from CharacterLikeEntity l
                             where l.targetOcid in :targets
                             group by l.targetOcid
                            """, Object[].class)
                    .setParameterList("targets", targets)
                    .getResultList()
                    .forEach(row -> counts.put((String) row[0], (Long) row[1]));
        }
        return counts;
    }

    private RelationPage page(long cursor, int limit) {
        List<Object[]> page = session.createSelectionQuery("""
                        select l.id, l.likerAccountId, l.targetOcid
                          from CharacterLikeEntity l
                         where l.id > :cursor
                         order by l.id
                        """, Object[].class)
                .setParameter("cursor", cursor)
                .setMaxResults(limit)
                .getResultList();
        List<RelationKey> relations = page.stream()
                .map(row -> new RelationKey(new AccountId((String) row[1]), new Ocid((String) row[2])))
                .filter(relation -> partitions.of(relation.target()) == locked.id)
                .toList();
        long nextCursor = page.isEmpty() ? cursor : (Long) page.get(page.size() - 1)[0];
        return new RelationPage(relations, nextCursor, page.size() < limit);
    }

    private <R> R attempt(String what, Supplier<R> call) {
        requireOpen();
        requireIntact();
        try {
            return Store.attempt(what, call);
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    private void requireOpen() {
        if (!open || Thread.currentThread() != owner) {
            throw new IllegalStateException(
                    "Partition " + locked.id + " is locked for as long as the work runs, and for its thread alone");
        }
    }
}
