package maple.like.adapter.jpa;

import java.sql.SQLException;

/** MariaDB 10.6 or later. */
final class MariaDb extends MySqlFamily {
    /** A row was changed since the snapshot was taken; it has no SQLState of its own. */
    private static final int RECORD_CHANGED = 1020;

    @Override
    public String product() {
        return "MariaDB";
    }

    @Override
    String lockOf(String alias) {
        return "for update";
    }

    @Override
    String instanceLock() {
        return "concat('like:', sha1(database()))";
    }

    @Override
    boolean isRetryable(SQLException e) {
        return super.isRetryable(e) || e.getErrorCode() == RECORD_CHANGED;
    }
}
