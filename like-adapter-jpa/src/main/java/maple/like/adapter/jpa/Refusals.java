package maple.like.adapter.jpa;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/**
 * What one call of the ledger learnt from transactions that the database refused for a row's sake. For one thread.
 *
 * <p>A transaction does not know which of its rows was refused, and is over. The culprits are found by transactions
 * that store a part of the batch and are rolled back; then everything is run again without them.
 */
final class Refusals {
    private static final int REASON_LENGTH = 255;

    private final Map<RelationKey, String> reasons = new HashMap<>();
    private boolean unrecorded;
    private @Nullable Map<RelationKey, Boolean> suspects;

    /** Who was refused, and why. */
    Map<RelationKey, String> reasons() {
        return reasons;
    }

    /** Whether not even {@code like_set_aside} takes what was refused. */
    boolean unrecorded() {
        return unrecorded;
    }

    /** One of these was refused; they are stored in this order. */
    void suspect(Map<RelationKey, Boolean> wanted) {
        suspects = wanted;
    }

    /** Recording what was refused was refused as well. */
    void giveUpRecording() {
        unrecorded = true;
        suspects = Map.of();
    }

    /**
     * Finds out who was refused.
     *
     * @param trial tries to store some relations, and answers what the database said if it refused
     * @return whether anything is known that was not known before: otherwise, to run it again is no use
     */
    boolean learn(Function<Map<RelationKey, Boolean>, Optional<RuntimeException>> trial) {
        if (suspects == null) {
            return false;
        }
        Map<RelationKey, Boolean> all = suspects;
        suspects = null;
        return all.isEmpty() || isolate(all, trial);
    }

    /** Whoever cannot be stored in addition to those before: also where it is no row but their number that is refused. */
    private boolean isolate(
            Map<RelationKey, Boolean> wanted, Function<Map<RelationKey, Boolean>, Optional<RuntimeException>> trial) {
        int before = reasons.size();
        List<RelationKey> all = List.copyOf(wanted.keySet());
        Map<RelationKey, Boolean> storable = new LinkedHashMap<>();
        int step = Math.max(1, all.size() / 2);
        for (int next = 0; next < all.size(); ) {
            int end = Math.min(all.size(), next + step);
            Map<RelationKey, Boolean> candidates = new LinkedHashMap<>(storable);
            all.subList(next, end).forEach(relation -> candidates.put(relation, wanted.get(relation)));
            Optional<RuntimeException> refusal = trial.apply(candidates);
            if (refusal.isEmpty()) {
                storable = candidates;
                next = end;
                step *= 2;
            } else if (end - next > 1) {
                step = (end - next) / 2;
            } else {
                reasons.put(all.get(next), reason(refusal.get()));
                next = end;
            }
        }
        return reasons.size() > before;
    }

    /** What the database said, made to fit the column. */
    private static String reason(Throwable refusal) {
        String said = String.valueOf(refusal.getMessage());
        for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException e) {
                said = e.getMessage();
            }
        }
        StringBuilder reason = new StringBuilder();
        String.valueOf(said)
                .codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? ' ' : c)
                .takeWhile(c -> reason.length() + Character.charCount(c) <= REASON_LENGTH)
                .forEach(reason::appendCodePoint);
        return reason.toString();
    }
}
