package maple.like.adapter.jpa;

import java.sql.SQLException;

/** MySQL 8 or later. */
final class MySql extends MySqlFamily {
    /** A lock was not released in time; Connector/J gives it the SQLState of a deadlock. */
    private static final int LOCK_WAIT_TIMEOUT = 1205;

    /** Rows of a JSON document cannot be locked. */
    @Override
    public String product() {
        return "MySQL";
    }

    @Override
    String lockOf(String alias) {
        return "for update of " + alias;
    }

    /** MySQL 9 has no {@code sha1}. */
    @Override
    String instanceLock() {
        return "concat('like:', sha2(database(), 224))";
    }

    @Override
    boolean isRetryable(SQLException e) {
        return super.isRetryable(e) && e.getErrorCode() != LOCK_WAIT_TIMEOUT;
    }
}
