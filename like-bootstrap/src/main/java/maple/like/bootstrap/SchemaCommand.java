package maple.like.bootstrap;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import maple.like.adapter.jpa.DatabaseVendor;
import maple.like.adapter.jpa.SchemaHistory;
import maple.like.bootstrap.local.LocalModeConfiguration;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ClassPathResource;

/**
 * {@code schema [--after=version]}: prints the statements that create the tables, or migrate them from a version, for a
 * database administrator to execute. It connects to no database: {@code spring.datasource.url} names the vendor.
 */
final class SchemaCommand {
    static final String NAME = "schema";

    private static final String AFTER = "--after=";
    private static final String USAGE = "Usage: schema [--after=version] [--property=value …]";
    private static final Pattern NEW_TABLE = Pattern.compile("^create table (\\w+)", Pattern.MULTILINE);

    private final DatabaseVendor vendor;
    private final String user;
    private final PrintStream out;

    private SchemaCommand(DatabaseVendor vendor, String user, PrintStream out) {
        this.vendor = vendor;
        this.user = user;
        this.out = out;
    }

    /** Prints the statements. Returns the exit code: 0, or 2 if there is none to print. */
    static int run(PrintStream out, String... arguments) {
        List<String> properties = new ArrayList<>(Arrays.asList(arguments).subList(1, arguments.length));
        MigrationVersion after = properties.stream()
                .filter(argument -> argument.startsWith(AFTER))
                .map(argument -> MigrationVersion.fromVersion(argument.substring(AFTER.length())))
                .findFirst()
                .orElse(MigrationVersion.fromVersion("0"));
        properties.removeIf(argument -> argument.startsWith(AFTER));
        SpringApplication application = new SpringApplication(Nothing.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setDefaultProperties(Map.of("logging.threshold.console", "off"));
        try (ConfigurableApplicationContext context = application.run(properties.toArray(String[]::new))) {
            Environment environment = context.getEnvironment();
            if (environment.getProperty(LocalModeConfiguration.ACTIVE, Boolean.class, false)) {
                out.println(
                        "-- " + DatabaseConnection.URL + " is not set, so there is no database to create tables for.");
                out.println("-- " + USAGE);
                return 2;
            }
            new SchemaCommand(
                            DatabaseVendor.ofUrl(environment.getProperty(DatabaseConnection.URL, "")),
                            environment.getProperty("spring.datasource.username", ""),
                            out)
                    .print(after);
            return 0;
        } catch (IllegalArgumentException e) {
            out.println("-- " + e.getMessage());
            return 2;
        }
    }

    /** The command needs the properties alone. */
    @Configuration(proxyBeanMethods = false)
    static class Nothing {}

    private void print(MigrationVersion after) {
        boolean everything = after.equals(MigrationVersion.fromVersion("0"));
        out.println("-- The tables of the like service for " + vendor.product()
                + (everything ? "" : ", after version " + after)
                + ". Execute this in the schema of spring.datasource.url,");
        out.println("-- as a user who may create and change tables.");
        Set<String> tables = new TreeSet<>();
        if (everything) {
            tables.add(SchemaHistory.quoted(vendor));
            SchemaHistory.creation(vendor).forEach(this::statement);
        }
        for (MigrationInfo migration : migrations()) {
            if (migration.getVersion().compareTo(after) > 0) {
                String script = script(migration);
                NEW_TABLE.matcher(script).results().forEach(table -> tables.add(table.group(1)));
                out.println();
                out.println("-- " + migration.getScript());
                out.println(script.strip());
                statement(SchemaHistory.record(
                        vendor,
                        migration.getVersion().getVersion(),
                        migration.getDescription(),
                        migration.getScript(),
                        migration.getChecksum()));
            }
        }
        if (!tables.isEmpty() && !user.isBlank()) {
            out.println();
            out.println("-- What the service's own user may do; adapt its name.");
            vendor.grants(tables, user).forEach(this::statement);
        }
    }

    private void statement(String sql) {
        out.println(sql + ";");
    }

    /** Flyway wants a database, but not the one that the migrations are for, to compute their checksums. */
    private MigrationInfo[] migrations() {
        return Flyway.configure()
                .dataSource("jdbc:h2:mem:schema", "", "")
                .locations(vendor.migrations())
                .load()
                .info()
                .all();
    }

    private String script(MigrationInfo migration) {
        String folder = vendor.migrations().replaceFirst("^classpath:", "");
        try {
            return new ClassPathResource(folder + "/" + migration.getScript())
                    .getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
