package maple.like.adapter.redis;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.JournalMark;
import maple.like.application.PrimaryAheadException;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.RelationChanges;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.PartitionRow;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.LikeLedger.Rows;
import maple.like.application.port.out.PendingLikes;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pending changes in Redis. */
final class RedisPendingLikes implements PendingLikes {
    private static final LuaScript RECONCILE = LuaScript.named("reconcile");
    private static final LuaScript FINISH = LuaScript.named("finish");
    private static final LuaScript REBUILD = LuaScript.named("rebuild");
    private static final LuaScript OPEN = LuaScript.named("open");
    private static final LuaScript HAND_OVER = LuaScript.named("hand_over");
    private static final LuaScript CLAIM = LuaScript.named("claim");
    private static final LuaScript APPLY_JOURNAL = LuaScript.named("apply_journal");
    private static final LuaScript WARM_UP = LuaScript.named("warm_up");

    private static final Logger LOG = LoggerFactory.getLogger(RedisPendingLikes.class);

    /** Only a caller that does not know of the outage yet can change anything meanwhile. */
    private static final int ATTEMPTS = 10;

    /** Relations in a call of a rebuild, so that Redis is never kept from others for long: some milliseconds. */
    private static final int REBUILD_PAGE = 1_000;

    /** Relations that a call claims: a flush goes on all the time, so about a millisecond. A batch takes four calls or more. */
    private static final int CLAIM_PAGE = 250;

    private static final int CLAIM_CALLS = 4;

    /** Calls of a rebuild while the lock is held, so that no request waits for long: some tenths of a second. */
    private static final int REBUILD_CALLS = 10;

    /** Relations in a call of a warm-up: about a millisecond, too. Fewer take longer in all. */
    private static final int WARM_UP_PART = 500;

    private static final int LOST_COMMITS = 5;
    private static final int LOCK_LOST = -1;
    private static final int BEHIND = 0;
    private static final int IN_STEP = 1;
    private static final int STORED = 2;
    private static final int EMPTIED = 3;
    private static final int HANDED_OVER = 4;

    private static final int REBUILD_CONTINUES = 1;
    private static final int REBUILD_ENDS = 2;

    private final RedisConnection[] redis;
    private final ScriptKeys[] keys;
    private final RedisInspection inspection;
    private final RedisRecords records;
    private final Set<Integer> full = ConcurrentHashMap.newKeySet();

    /**
     * Asks nothing yet.
     *
     * @param redis by partition
     * @param keys by partition
     */
    RedisPendingLikes(RedisConnection[] redis, ScriptKeys[] keys) {
        this.redis = redis;
        this.keys = keys;
        this.inspection = new RedisInspection(redis, keys);
        this.records = new RedisRecords(redis, keys, inspection);
    }

    @Override
    public Reconciliation reconcile(int partition, LockedPartition locked) {
        PartitionRow row = locked.row();
        if (row.state().databaseDecides()) {
            redis[partition].requireAvailable(); // decisions wait for the lock, so nothing waits for Redis under it
        }
        long generation = row.generation();
        Rows rows = locked.rows();
        String epoch = row.state().databaseDecides() ? "" : Long.toString(row.epoch());
        boolean totalsDropped = false;
        Reconciliation found = Reconciliation.IN_STEP;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            ScriptReply reply = run(RECONCILE, partition, reconcileArguments(row, totalsDropped, epoch));
            switch ((int) reply.number(0)) {
                case IN_STEP -> {
                    boolean isFull = reply.flag(1);
                    note(partition, isFull);
                    boolean drained = isFull && !reply.flag(2);
                    return found == Reconciliation.IN_STEP && drained ? Reconciliation.FULL : found;
                }
                case HANDED_OVER -> {
                    epoch = "";
                    found = Reconciliation.HANDED_OVER;
                }
                case STORED ->
                    finish(partition, generation, row.token(), rows.lastChanges(targets(reply.relations(1))));
                case EMPTIED -> {
                    dropTotals(partition);
                    totalsDropped = true;
                }
                case BEHIND -> {
                    if (reply.flag(1)) {
                        LOG.warn(
                                "Redis is behind the database: it lost writes, or was audited. It answers nothing until its"
                                        + " pending changes were compared with the rows; everything else is copied again."
                                        + " partition={}",
                                partition);
                    }
                    if (!rebuild(partition, generation, rows)) {
                        return Reconciliation.UNFINISHED;
                    }
                    found = found == Reconciliation.IN_STEP ? Reconciliation.REBUILT : found;
                }
                case LOST_COMMITS -> {
                    recover(partition, locked);
                    found = found == Reconciliation.IN_STEP ? Reconciliation.REBUILT : found;
                }
                default ->
                    throw new PrimaryAheadException(
                            reply.number(1), generation, new JournalMark(reply.number(2), instant(reply.number(3))));
            }
        }
        throw new PrimaryUnavailableException("Redis keeps changing while it is reconciled", null);
    }

    private void note(int partition, boolean isFull) {
        if (isFull && full.add(partition)) {
            LOG.warn(
                    "Redis is full and refuses changes. Pending changes are stored; if that does not make room, the"
                            + " database decides until Redis has memory again. partition={}",
                    partition);
        } else if (!isFull && full.remove(partition)) {
            LOG.info("Redis has memory again. partition={}", partition);
        }
    }

    @Override
    public boolean handOver(int partition, long generation, long epoch) {
        ScriptReply reply = run(HAND_OVER, partition, List.of(Long.toString(generation), Long.toString(epoch)));
        requireLock(partition, generation, reply);
        return reply.flag(0);
    }

    private static List<String> reconcileArguments(PartitionRow row, boolean totalsDropped, String epoch) {
        return List.of(
                Long.toString(row.generation()),
                Long.toString(row.token()),
                totalsDropped ? "1" : "0",
                epoch,
                row.recoversFrom() == null ? "" : row.recoversFrom().toString());
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static String micros(Instant instant) {
        return Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, instant));
    }

    private ScriptReply run(LuaScript script, int partition, List<String> arguments) {
        return script.repeat(redis[partition], keys[partition].all(), arguments.toArray(String[]::new));
    }

    private static Set<Ocid> targets(List<RelationKey> relations) {
        return relations.stream().map(RelationKey::target).collect(Collectors.toSet());
    }

    /** Every total that there is now; none can be computed before Redis is in step. */
    private void dropTotals(int partition) {
        records.drop(partition, keys[partition].names().countPrefix() + "*");
    }

    /**
     * Does a part of a rebuild. May be interrupted at any call; the next owner of the lock continues.
     *
     * @return false if the rebuild is to be continued
     */
    private boolean rebuild(int partition, long generation, Rows rows) {
        RelationChanges page = RelationChanges.NONE;
        for (int left = REBUILD_CALLS; left > 0 || !page.isEmpty(); left--) {
            Map<GameCharacter, Long> effect = page.isEmpty() ? Map.of() : rows.effectOf(page);
            ScriptReply reply = run(REBUILD, partition, rebuildArguments(generation, left > 0, page, effect));
            if (reply.number(0) != REBUILD_CONTINUES) {
                if (reply.number(0) == REBUILD_ENDS && open(partition, Long.toString(generation))) {
                    LOG.info("Redis answers again. partition={} pending={}", partition, records.backlog(partition));
                }
                return true;
            }
            page = reply.changes(1);
        }
        return false;
    }

    private static List<String> rebuildArguments(
            long generation, boolean another, RelationChanges page, Map<GameCharacter, Long> effect) {
        List<String> arguments = new ArrayList<>(4 + 2 * page.size() + 2 * effect.size());
        arguments.add(Long.toString(generation));
        arguments.add(Integer.toString(REBUILD_PAGE));
        arguments.add(another ? "1" : "0");
        arguments.add(Integer.toString(page.size()));
        page.likes().forEach(relation -> arguments.addAll(List.of(relation.value(), "1")));
        page.unlikes().forEach(relation -> arguments.addAll(List.of(relation.value(), "-1")));
        effect.forEach(
                (character, change) -> arguments.addAll(List.of(character.name().value(), Long.toString(change))));
        return arguments;
    }

    /** Compares everything in Redis with the rows, and keeps the lock meanwhile. */
    private void recover(int partition, LockedPartition locked) {
        LOG.warn(
                "The database lost its last commits. Redis answers nothing until what they stored is pending again."
                        + " partition={}",
                partition);
        RedisRecovery recovery = new RedisRecovery(redis[partition], keys[partition], inspection, partition, locked);
        recovery.run();
        if (open(partition, recovery.openArguments())) {
            LOG.info("Redis answers again. partition={} pending={}", partition, recovery.differing());
        }
    }

    private boolean open(int partition, String... arguments) {
        RedisConnection node = redis[partition];
        Object connection = node.current();
        dropTotals(partition);
        return node.sendThrough(
                        connection, OPEN.toString(), commands -> OPEN.run(commands, keys[partition].all(), arguments))
                .filter(reply -> reply.flag(0))
                .isPresent();
    }

    private static void requireLock(int partition, long generation, ScriptReply reply) {
        if (reply.number(0) == LOCK_LOST) {
            throw new DatabaseUnavailableException(
                    "The last batch of partition " + partition + " is " + generation + " in the database and "
                            + reply.number(1)
                            + " in Redis (-1: none). The lock was lost, or Redis was emptied just now",
                    null);
        }
    }

    /** In several calls, so that Redis is never kept from others for long. */
    @Override
    public Claim claim(int partition, long generation, long token, int limit) {
        int page = Math.min(Math.max(2, limit / CLAIM_CALLS), CLAIM_PAGE);
        Map<RelationKey, Boolean> claimed = new HashMap<>();
        while (true) {
            ScriptReply reply = run(
                    CLAIM,
                    partition,
                    List.of(
                            Long.toString(generation),
                            Long.toString(token),
                            Integer.toString(Math.min(limit - claimed.size(), page)),
                            keys[partition].names().countPrefix(),
                            Integer.toString(claimed.size())));
            requireLock(partition, generation, reply);
            reply.relations(1).forEach(relation -> claimed.put(relation, true));
            reply.relations(2).forEach(relation -> claimed.put(relation, false));
            long backlog = reply.number(4);
            if (reply.flag(8) && backlog > 0 && claimed.size() < limit) {
                continue;
            }
            long number = reply.number(0);
            return new Claim(
                    number == 0
                            ? Optional.empty()
                            : Optional.of(new LikeBatch(number, RelationChanges.of(claimed), reply.answers(7))),
                    reply.deltas(3),
                    backlog,
                    reply.flag(5) ? Optional.empty() : Optional.of(reply.text(6)));
        }
    }

    @Override
    public long applyJournal(int partition, long generation, long token, List<JournalEntry> journal) {
        Map<RelationKey, JournalEntry> last = new LinkedHashMap<>();
        Map<RelationKey, Long> changes = new HashMap<>();
        for (JournalEntry entry : journal) {
            last.put(entry.relation(), entry);
            changes.merge(entry.relation(), entry.change(), Long::sum);
        }
        List<CharacterName> names = new ArrayList<>(last.size());
        JournalMark mark = JournalEntry.last(journal);
        List<String> arguments = new ArrayList<>(4 + 6 * last.size());
        arguments.add(Long.toString(generation));
        arguments.add(Long.toString(token));
        arguments.add(Long.toString(mark.number()));
        arguments.add(micros(mark.decidedAt()));
        last.forEach((relation, entry) -> {
            names.add(entry.character().name());
            arguments.add(relation.value());
            arguments.add(entry.character().name().value());
            arguments.add(entry.liked() ? "1" : "0");
            arguments.add(String.valueOf(changes.get(relation)));
            arguments.add(Long.toString(entry.number()));
            arguments.add(micros(entry.decidedAt()));
        });
        ScriptReply reply =
                APPLY_JOURNAL.repeat(redis[partition], keys[partition].with(names), arguments.toArray(String[]::new));
        requireLock(partition, generation, reply);
        return reply.number(0);
    }

    @Override
    public void finish(int partition, long generation, long token, Map<GameCharacter, Long> countChanges) {
        List<String> arguments = new ArrayList<>(2 + 2 * countChanges.size());
        arguments.add(Long.toString(generation));
        arguments.add(Long.toString(token));
        countChanges.forEach(
                (character, change) -> arguments.addAll(List.of(character.name().value(), Long.toString(-change))));
        run(FINISH, partition, arguments);
    }

    /** In parts: only the last one moves the cursor. */
    @Override
    public boolean warmUp(int partition, long generation, String cursor, RelationPage page) {
        List<RelationKey> relations = page.relations();
        int first = 0;
        for (; relations.size() - first > WARM_UP_PART; first += WARM_UP_PART) {
            List<RelationKey> part = relations.subList(first, first + WARM_UP_PART);
            if (!warmUp(partition, generation, cursor, new RelationPage(part, cursor, false))) {
                return false;
            }
        }
        List<String> arguments = new ArrayList<>(4 + relations.size() - first);
        arguments.addAll(List.of(Long.toString(generation), cursor, page.next(), page.last() ? "1" : "0"));
        relations.subList(first, relations.size()).forEach(relation -> arguments.add(relation.value()));
        return run(WARM_UP, partition, arguments).flag(0);
    }

    @Override
    public Records records() {
        return records;
    }
}
