package maple.like.bootstrap;

import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import maple.like.adapter.jpa.DatabaseVendor;
import maple.like.adapter.jpa.SchemaHistory;
import maple.like.application.DatabaseUnavailableException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;

/** Creates or migrates the tables. Where that is not possible, startup fails with what an operator has to do. */
final class SchemaMigration implements FlywayMigrationStrategy {
    private static final String JAR = "java -jar like-bootstrap-*.jar ";
    private static final String COMPLETE =
            "Undo what it did, or complete it, as docs/operations.md#migrations describes. Then" + " start again.";

    /** @throws ConfigurationException where the tables are not as this version needs them */
    @Override
    public void migrate(Flyway flyway) {
        DataSource database = flyway.getConfiguration().getDataSource();
        DatabaseVendor vendor = DatabaseVendor.of(database);
        try {
            SchemaHistory.adopt(database);
        } catch (DatabaseUnavailableException e) {
            throw sqlFailure(e)
                    .filter(vendor::isDenied)
                    .<RuntimeException>map(denial ->
                            denied(denial, "follows: " + String.join("; ", SchemaHistory.adoption(vendor)) + ";"))
                    .orElse(e);
        }
        try {
            refuse(SchemaHistory.foreignTables(database));
            flyway.migrate();
        } catch (FlywayException | DatabaseUnavailableException e) {
            throw explained(flyway, vendor, e);
        }
    }

    private static void refuse(List<String> foreign) {
        if (foreign.contains("game_character") || foreign.contains("character_like")) {
            throw new ConfigurationException(
                    "The schema holds tables that the service did not create: " + String.join(", ", foreign) + ".",
                    "To take over their characters and likes, run " + JAR
                            + "adopt --dry-run, which changes nothing. Otherwise"
                            + " set spring.datasource.url to another schema.");
        }
        if (!foreign.isEmpty()) {
            throw new ConfigurationException(
                    "The schema holds tables that the service did not create: " + String.join(", ", foreign) + ".",
                    "Set spring.datasource.url to another schema, or restore the table " + SchemaHistory.TABLE + ".");
        }
    }

    private static ConfigurationException explained(Flyway flyway, DatabaseVendor vendor, RuntimeException failure) {
        Optional<SQLException> sql = sqlFailure(failure);
        if (sql.isPresent() && vendor.isDenied(sql.get())) {
            SchemaHistory.removeFailed(flyway.getConfiguration().getDataSource());
            return denied(sql.get(), JAR + "schema" + after(flyway) + " prints");
        }
        if (failure instanceof DatabaseUnavailableException unavailable) {
            return DatabaseConnection.unreachable("", unavailable);
        }
        List<MigrationInfo> migrations = List.of(flyway.info().all());
        Optional<MigrationInfo> failed = migrations.stream()
                .filter(migration -> migration.getState().isFailed())
                .findFirst();
        if (sql.isPresent()) {
            Optional<MigrationInfo> next = migrations.stream()
                    .filter(migration -> !migration.isApplied())
                    .findFirst();
            String script = failed.or(() -> next).map(MigrationInfo::getScript).orElse("");
            return new ConfigurationException(
                    "Migration " + script + " failed: " + words(sql.get()),
                    failed.isPresent() ? COMPLETE : "It changed nothing. Remove the cause, and start again.");
        }
        return failed.map(migration -> new ConfigurationException(
                        "Migration " + migration.getScript() + " failed at " + migration.getInstalledOn()
                                + ", so the tables are between two versions.",
                        COMPLETE))
                .orElseGet(() -> new ConfigurationException(
                        "The tables are not those of this version: "
                                + String.valueOf(failure.getMessage())
                                        .lines()
                                        .limit(2)
                                        .collect(Collectors.joining(". ")),
                        "Start the version of the service that migrated them last."));
    }

    /** The option that names the version of the tables, if there are any. */
    private static String after(Flyway flyway) {
        try {
            return Stream.of(flyway.info().applied())
                    .filter(migration -> !migration.getState().isFailed())
                    .map(MigrationInfo::getVersion)
                    .filter(version -> !version.equals(MigrationVersion.fromVersion("0")))
                    .max(Comparator.naturalOrder())
                    .map(version -> " --after=" + version)
                    .orElse("");
        } catch (FlywayException unreadable) {
            return "";
        }
    }

    private static ConfigurationException denied(SQLException denial, String statements) {
        return new ConfigurationException(
                "The user of spring.datasource.username may not create or change tables: " + words(denial),
                "Have a database administrator execute what " + statements
                        + ", and start again. Or name a user who may in"
                        + " spring.flyway.user and spring.flyway.password.");
    }

    private static Optional<SQLException> sqlFailure(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return Optional.of(sql);
            }
        }
        return Optional.empty();
    }

    private static String words(SQLException failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }
}
