package maple.like.bootstrap;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import maple.like.adapter.jpa.DatabaseVendor;

/**
 * Replaces all connections of a pool once one of them reports that its server takes no changes, or no longer serves. Those in
 * use are replaced when they are returned.
 */
record ConnectionReplacement(DatabaseVendor vendor, HikariDataSource pool) implements SQLExceptionOverride {
    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException failure) {
        if (!vendor.endsConnections(failure)) {
            return SQLExceptionOverride.Override.CONTINUE_EVICT;
        }
        HikariPoolMXBean running = pool.getHikariPoolMXBean();
        if (running != null) {
            running.softEvictConnections();
        }
        return SQLExceptionOverride.Override.MUST_EVICT;
    }
}
