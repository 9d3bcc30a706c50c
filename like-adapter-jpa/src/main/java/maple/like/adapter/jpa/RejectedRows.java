package maple.like.adapter.jpa;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import maple.like.application.RelationChanges;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/**
 * What one call of the ledger knows of the rows that the database rejects. For one thread.
 *
 * <p>A failed transaction does not know which of its rows was rejected, and is over. Transactions that store a part of
 * the batch and are rolled back find them; then everything runs again without them.
 */
final class RejectedRows {
    private static final int REASON_LENGTH = 255;

    private final Map<RelationKey, String> reasons = new HashMap<>();
    private boolean withoutDeadLetters;
    private @Nullable RelationChanges suspects;

    /** The rejected relations, and what the database reported. */
    Map<RelationKey, String> reasons() {
        return reasons;
    }

    /** Whether the database rejects the dead letters of rejected relations, too. */
    boolean withoutDeadLetters() {
        return withoutDeadLetters;
    }

    /** Storing these failed. Those that are known to be rejected are not among them. */
    void suspect(RelationChanges changes) {
        suspects = changes;
    }

    /** Writing a dead letter failed. */
    void giveUpDeadLetters() {
        withoutDeadLetters = true;
        suspects = RelationChanges.NONE;
    }

    /**
     * Finds the rejected rows among the suspects.
     *
     * @param trial tries to store some changes, and returns what the database reported if it rejected a row
     * @return whether running the work again can succeed: it knows more than before
     */
    boolean bisect(Function<RelationChanges, Optional<RuntimeException>> trial) {
        RelationChanges changes = suspects;
        suspects = null;
        return changes != null && (changes.isEmpty() || isolate(changes, trial));
    }

    /** A rejected row is one that cannot be stored in addition to those before: the limit may be on their number. */
    private boolean isolate(RelationChanges changes, Function<RelationChanges, Optional<RuntimeException>> trial) {
        int before = reasons.size();
        List<RelationKey> all = RowStatements.inFixedOrder(changes.relations());
        List<RelationKey> storable = List.of();
        int step = Math.max(1, all.size() / 2);
        for (int next = 0; next < all.size(); ) {
            int end = Math.min(all.size(), next + step);
            List<RelationKey> candidates = new ArrayList<>(storable);
            candidates.addAll(all.subList(next, end));
            Optional<RuntimeException> rejection = trial.apply(changes.only(candidates));
            if (rejection.isEmpty()) {
                storable = candidates;
                next = end;
                step *= 2;
            } else if (end - next > 1) {
                step = (end - next) / 2;
            } else {
                reasons.put(all.get(next), reason(rejection.get()));
                next = end;
            }
        }
        return reasons.size() > before;
    }

    /** What the database reported, made to fit the column. */
    private static String reason(Throwable rejection) {
        String message = String.valueOf(rejection.getMessage());
        for (Throwable cause = rejection; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException e) {
                message = e.getMessage();
            }
        }
        StringBuilder reason = new StringBuilder();
        String.valueOf(message)
                .codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? ' ' : c)
                .takeWhile(c -> reason.length() + Character.charCount(c) <= REASON_LENGTH)
                .forEach(reason::appendCodePoint);
        return reason.toString();
    }
}
