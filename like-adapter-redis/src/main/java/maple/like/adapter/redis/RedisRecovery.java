package maple.like.adapter.redis;

import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ValueScanCursor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.RelationChanges;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.PrimaryInspection.Pending;
import maple.like.application.port.out.PrimaryInspection.RelationState;
import maple.like.application.port.out.PrimaryInspection.Relations;
import maple.like.domain.RelationKey;

/**
 * Compares a Redis that is closed with the rows of a database that lost commits, in pages. Relations that differ become
 * pending. Where Redis does not hold every relation, a row that it lacks is left as it is.
 */
final class RedisRecovery {
    private static final LuaScript RECOVER = LuaScript.named("recover");

    /** Relations in a call, so that Redis is never kept from others for long: some milliseconds. */
    private static final int PAGE = 1_000;

    private static final int AGAIN = 2;
    private static final int REFUSED = 0;

    private final RedisConnection redis;
    private final ScriptKeys keys;
    private final RedisInspection inspection;
    private final int partition;
    private final LockedPartition locked;

    /** What is pending by now; a scan may name a relation twice. */
    private final Set<RelationKey> differing = new HashSet<>();

    private int page;

    RedisRecovery(
            RedisConnection redis, ScriptKeys keys, RedisInspection inspection, int partition, LockedPartition locked) {
        this.redis = redis;
        this.keys = keys;
        this.inspection = inspection;
        this.partition = partition;
        this.locked = locked;
    }

    /** @throws DatabaseUnavailableException if another owner of the lock has begun since */
    void run() {
        while (send(RelationChanges.NONE) == AGAIN) {
            // its claimed changes become pending, some in each call
        }
        page++;
        // What the database decided since is not to be taken for what it lost: the journal is applied later.
        List<RelationKey> decided = locked.journal().entries(Integer.MAX_VALUE).stream()
                .map(JournalEntry::relation)
                .distinct()
                .toList();
        for (int first = 0; first < decided.size(); first += PAGE) {
            List<RelationKey> some = decided.subList(first, Math.min(first + PAGE, decided.size()));
            put(inspection.relations(partition, some).states().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, state -> state.getValue().liked())));
        }
        compareRelations();
        compareRows();
    }

    private void compareRelations() {
        ScanArgs some = ScanArgs.Builder.limit(PAGE);
        ScanCursor from = ScanCursor.INITIAL;
        do {
            ScanCursor cursor = from;
            ValueScanCursor<String> found = redis.repeat(
                    "SSCAN", commands -> commands.sscan(keys.names().relations(), cursor, some));
            Set<RelationKey> liked =
                    found.getValues().stream().map(RelationKey::parse).collect(Collectors.toSet());
            liked.removeAll(locked.inspection().stored(liked).likes());
            put(liked.stream().collect(Collectors.toMap(relation -> relation, relation -> true)));
            from = found;
        } while (!from.isFinished());
    }

    private void compareRows() {
        RelationPage rows = new RelationPage(List.of(), LikeLedger.START, false);
        while (!rows.last()) {
            rows = locked.rows().relationsAfter(rows.next(), PAGE);
            Relations held = inspection.relations(partition, rows.relations());
            put(held.states().entrySet().stream()
                    .filter(state -> isUnliked(state.getValue(), held.complete()))
                    .collect(Collectors.toMap(Map.Entry::getKey, state -> false)));
        }
    }

    private static boolean isUnliked(RelationState state, boolean complete) {
        return !state.liked() && (complete || state.pending() == Pending.UNLIKE);
    }

    private void put(Map<RelationKey, Boolean> states) {
        states.keySet().removeAll(differing);
        if (!states.isEmpty()) {
            send(RelationChanges.of(states));
            page++;
            differing.addAll(states.keySet());
        }
    }

    private int send(RelationChanges changes) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of(generation(), token(), Integer.toString(page), Integer.toString(PAGE)));
        add(arguments, changes.likes(), "1");
        add(arguments, changes.unlikes(), "-1");
        arguments.add("");
        if (!changes.isEmpty()) {
            locked.rows()
                    .effectOf(changes)
                    .forEach((character, change) ->
                            arguments.addAll(List.of(character.name().value(), Long.toString(change))));
        }
        int answer = (int) RECOVER.repeat(redis, keys.all(), arguments.toArray(String[]::new))
                .number(0);
        if (answer == REFUSED) {
            throw new DatabaseUnavailableException(
                    "Another owner of the lock of partition " + partition + " recovers Redis, or Redis lost writes",
                    null);
        }
        return answer;
    }

    private static void add(List<String> arguments, Collection<RelationKey> relations, String sign) {
        relations.forEach(relation -> arguments.addAll(List.of(relation.value(), sign)));
    }

    /** What {@code open.lua} is to be given afterwards. */
    String[] openArguments() {
        return new String[] {generation(), token(), Integer.toString(page)};
    }

    /** How many relations are pending because of the comparison. */
    int differing() {
        return differing.size();
    }

    private String generation() {
        return Long.toString(locked.row().generation());
    }

    private String token() {
        return Long.toString(locked.token());
    }
}
