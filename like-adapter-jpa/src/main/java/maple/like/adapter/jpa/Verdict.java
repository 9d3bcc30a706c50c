package maple.like.adapter.jpa;

import java.sql.SQLException;
import java.util.Set;

/** What a failure of the database means for the transaction that met it. */
enum Verdict {
    /** It lost against another transaction: the same again will do. */
    CONFLICT,
    /** Anything else. */
    FAILURE;

    /** Deadlock and serialization failure; H2 has a code of its own for a row that changed while it was waited for. */
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "90131");

    /** MariaDB: the row was changed since the snapshot was taken. It has no SQLState of its own. */
    private static final int RECORD_CHANGED = 1020;

    static Verdict on(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
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
        return FAILURE;
    }
}
