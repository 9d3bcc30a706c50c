package maple.like.adapter.jpa;

import java.sql.SQLException;
import java.util.Set;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.DataException;

/** What a failure of the database means for the transaction that met it. */
enum Verdict {
    /** It lost against another transaction: the same again will do. */
    CONFLICT,
    /** A row was refused for its own sake: without that row it will do. */
    REFUSAL,
    /** Anything else. */
    FAILURE;

    /** Deadlock and serialization failure; H2 has a code of its own for a row that changed while it was waited for. */
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "90131");

    /** MariaDB: the row was changed since the snapshot was taken. It has no SQLState of its own. */
    private static final int RECORD_CHANGED = 1020;

    /**
     * The classes of a value or a row that is not as it must be, and of what triggers raise. Not the class of a table
     * or a right that is missing, 42: it concerns every row.
     */
    private static final Set<String> REFUSALS = Set.of("09", "22", "23", "27", "44", "45", "P0");

    static Verdict on(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConstraintViolationException
                    || cause instanceof DataException
                    || cause instanceof LikeRows.UnwrittenException) {
                return REFUSAL;
            }
            if (cause instanceof SQLException e) {
                return on(e);
            }
        }
        return FAILURE;
    }

    /** A wait for a lock that took too long is no conflict: to wait as long again helps nobody. */
    private static Verdict on(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (CONFLICTS.contains(state) || e.getErrorCode() == RECORD_CHANGED) {
            return CONFLICT;
        }
        return state.length() >= 2 && REFUSALS.contains(state.substring(0, 2)) ? REFUSAL : FAILURE;
    }
}
