package maple.like.bootstrap;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import maple.like.adapter.jpa.DatabaseVendor;
import maple.like.adapter.jpa.SchemaHistory;
import maple.like.adapter.jpa.adoption.Finding;
import maple.like.adapter.jpa.adoption.Finding.Resolution;
import maple.like.adapter.jpa.adoption.Sql;
import maple.like.adapter.jpa.adoption.TableAdoption;
import maple.like.adapter.jpa.adoption.TableAdoption.Stored;
import maple.like.adapter.redis.PredecessorChanges;
import maple.like.adapter.redis.PredecessorChanges.Page;
import maple.like.adapter.redis.PredecessorChanges.Relations;
import maple.like.adapter.redis.RedisAdapter;
import maple.like.domain.RelationKey;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;

/**
 * {@code adopt [--dry-run] [--again]}: takes over the tables and the Redis of a predecessor, which must be stopped. Can be
 * killed at any point and run again. The history of migrations is written last: the service does not start before.
 */
final class AdoptCommand {
    static final String NAME = "adopt";

    /** Everything is as the service needs it. */
    static final int ADOPTED = 0;

    /** A dry run found something to adopt. */
    static final int TO_ADOPT = 1;

    /** A person has to decide first, or something failed. */
    static final int FAILED = 2;

    private static final String DRY_RUN = "--dry-run";
    private static final String AGAIN = "--again";
    private static final String USAGE = "Usage: adopt [--dry-run] [--again] [--property=value …]";
    private static final String FIRST = "0";
    private static final int PAGE = 500;

    /** A predecessor that still runs adds changes while the earlier ones are stored. */
    private static final int PASSES = 3;

    private final DataSource database;
    private final TableAdoption tables;
    private final Optional<PredecessorChanges> redis;
    private final boolean dryRun;
    private final PrintStream out;
    private int toAdopt;

    AdoptCommand(
            DataSource database,
            TableAdoption tables,
            Optional<PredecessorChanges> redis,
            boolean dryRun,
            PrintStream out) {
        this.database = database;
        this.tables = tables;
        this.redis = redis;
        this.dryRun = dryRun;
        this.out = out;
    }

    static int run(PrintStream out, String... arguments) {
        List<String> properties = new ArrayList<>(Arrays.asList(arguments).subList(1, arguments.length));
        boolean dryRun = properties.removeIf(DRY_RUN::equals);
        boolean again = properties.removeIf(AGAIN::equals);
        Optional<String> unknown = Command.unknownAmong(properties);
        if (unknown.isPresent()) {
            out.println(USAGE);
            out.println("Nothing was adopted: unknown argument " + unknown.get());
            return FAILED;
        }
        try (ConfigurableApplicationContext context = Command.start(NAME, properties);
                Connection connection = context.getBean(DataSource.class).getConnection()) {
            DataSource database = context.getBean(DataSource.class);
            Optional<PredecessorChanges> redis = context.getBeanProvider(RedisAdapter.class).stream()
                    .findAny()
                    .map(RedisAdapter::predecessorChanges);
            return new AdoptCommand(
                            database, new TableAdoption(connection, context.getBean(Clock.class)), redis, dryRun, out)
                    .adopt(again);
        } catch (RuntimeException | SQLException e) {
            out.println("The adoption stopped: " + Command.reason(e));
            out.println("It can be run again once that is mended, and continues where it stopped.");
            return FAILED;
        }
    }

    /** Adopts; {@code again} where the predecessor ran again after an earlier adoption. */
    int adopt(boolean again) {
        if (!tables.hasSharedTables()) {
            out.println("There is nothing to adopt: the database has no table game_character or character_like."
                    + " Start the service; it creates them.");
            return ADOPTED;
        }
        boolean complete = SchemaHistory.isPresent(database);
        if (complete && !again) {
            if (!dryRun) {
                tables.finish(); // an adoption may have been killed just before
            }
            out.println("There is nothing to adopt: the tables are the service's already. If the predecessor ran again"
                    + " since, stop both and run: adopt --again");
            return ADOPTED;
        }
        if (redis.isPresent() && redis.get().isOwn() && !again) {
            out.println(
                    "Redis holds keys of this service, but the database is another's. Set like.redis.uri to the Redis of"
                            + " the predecessor, or run: adopt --again");
            return FAILED;
        }
        if (redis.isPresent() && redis.get().hasOwnBacklog()) {
            out.println(
                    "Redis holds changes that the service has not stored. Start and stop the service once, which stores"
                            + " them, and run this again.");
            return FAILED;
        }
        List<Finding> findings = tables.inspect();
        print(findings);
        if (findings.stream().anyMatch(finding -> finding.resolution() == Resolution.PERSON)) {
            out.println("Nothing was changed: decide about the lines that begin with DECIDE, and run this again.");
            return FAILED;
        }
        return dryRun ? predict() : adopt(findings, complete);
    }

    private int predict() {
        redis.ifPresent(changes -> {
            compare(changes, Relations.UNLIKES);
            compare(changes, Relations.LIKES);
            compare(changes, Relations.LIKED);
            buffered(changes);
        });
        out.println(
                toAdopt == 0
                        ? "Nothing was changed, and nothing differs. Run adopt, which adds the tables of the service."
                        : "Nothing was changed. Stop the predecessor and run adopt, which does what the lines say.");
        return TO_ADOPT;
    }

    private int adopt(List<Finding> findings, boolean complete) {
        findings.stream().filter(AdoptCommand::isAdopted).forEach(tables::resolve);
        Flyway flyway = flyway();
        if (!complete) {
            tables.createOwnTables(scripts(flyway));
        }
        // Rows are compared exactly only now that the columns are.
        tables.inspect().stream().filter(AdoptCommand::isAdopted).forEach(tables::resolve);
        if (redis.isPresent() && !store(redis.get())) {
            return FAILED;
        }
        int counts = tables.countRows();
        redis.ifPresent(PredecessorChanges::clear);
        if (!complete) {
            baseline(flyway);
        }
        tables.finish();
        out.println("Adopted: every count equals its rows (" + counts + " changed with what Redis held)"
                + (redis.isPresent() ? ", and Redis is empty" : "") + ". Start the service.");
        return ADOPTED;
    }

    private static boolean isAdopted(Finding finding) {
        return finding.resolution() == Resolution.ADOPTION;
    }

    /** Stores what waits. Removes it page by page, so that nothing is removed that was not stored. */
    private boolean store(PredecessorChanges changes) {
        for (int pass = 1; pass <= PASSES; pass++) {
            long waiting =
                    changes.size(Relations.UNLIKES) + changes.size(Relations.LIKES) + changes.size(Relations.LIKED);
            if (waiting == 0) {
                return true;
            }
            store(changes, Relations.UNLIKES);
            store(changes, Relations.LIKES);
            store(changes, Relations.LIKED);
        }
        out.println("Redis receives changes while they are adopted: stop the predecessor, and run this again.");
        return false;
    }

    private void store(PredecessorChanges changes, Relations relations) {
        int rows = 0;
        int deadLetters = 0;
        for (Optional<String> next = Optional.of(FIRST); next.isPresent(); ) {
            Page page = changes.page(relations, next.get(), PAGE);
            Stored stored = tables.store(changed(changes, relations, page), relations != Relations.UNLIKES);
            rows += stored.rows();
            deadLetters += stored.deadLetters();
            changes.remove(relations, page.members());
            next = page.next();
        }
        if (rows + deadLetters > 0) {
            line(
                    "DONE",
                    changes.key(relations),
                    rows + " rows " + (relations == Relations.UNLIKES ? "deleted" : "inserted")
                            + (deadLetters == 0
                                    ? ""
                                    : ", " + deadLetters
                                            + " likes of characters that do not exist are in like_set_aside"),
                    "");
        }
    }

    private void compare(PredecessorChanges changes, Relations relations) {
        long members = 0;
        long missing = 0;
        for (Optional<String> next = Optional.of(FIRST); next.isPresent(); ) {
            Page page = changes.page(relations, next.get(), PAGE);
            members += page.members().size();
            missing += tables.missing(changed(changes, relations, page), relations != Relations.UNLIKES);
            next = page.next();
        }
        if (members > 0) {
            boolean unlikes = relations == Relations.UNLIKES;
            toAdopt++;
            line(
                    "ADOPT",
                    changes.key(relations),
                    members
                            + (unlikes
                                    ? " unlikes, " + missing + " with a row"
                                    : " likes, " + missing + " without a row"),
                    "rows are " + (unlikes ? "deleted" : "inserted") + ", and the key is emptied");
        }
    }

    /** The relations of a page. An unlike that a like followed is none. */
    private List<RelationKey> changed(PredecessorChanges changes, Relations relations, Page page) {
        List<String> members = new ArrayList<>(page.members());
        if (relations == Relations.UNLIKES) {
            members.removeAll(changes.among(Relations.LIKED, page.members()));
            members.removeAll(changes.among(Relations.LIKES, page.members()));
        }
        List<RelationKey> parsed = new ArrayList<>();
        for (String member : members) {
            try {
                parsed.add(RelationKey.parse(member));
            } catch (IllegalArgumentException e) {
                line("NOTE", changes.key(relations), "'" + member + "' is no relation", "is dropped");
            }
        }
        return parsed;
    }

    private void buffered(PredecessorChanges changes) {
        long names = changes.bufferedCounts();
        if (names > 0) {
            toAdopt++;
            line(
                    "ADOPT",
                    "{likes}:buffer",
                    names + " names with counts that wait",
                    "is dropped: counts equal the rows");
        }
    }

    private void print(List<Finding> findings) {
        for (Finding finding : findings) {
            String label = switch (finding.resolution()) {
                case ADOPTION -> "ADOPT";
                case PERSON -> "DECIDE";
                case OPTIONAL -> "NOTE";
            };
            toAdopt += finding.resolution() == Resolution.ADOPTION ? 1 : 0;
            line(label, finding.where(), finding.found(), finding.remedy());
            if (dryRun || finding.resolution() != Resolution.ADOPTION) {
                finding.statements().forEach(statement -> out.println("         " + oneLine(statement) + ";"));
            }
        }
    }

    private static String oneLine(Sql statement) {
        return statement.toString().replaceAll("\\s+", " ").strip();
    }

    private void line(String label, String where, String found, String remedy) {
        out.println("%-6s | %-36s | %s%s".formatted(label, where, found, remedy.isEmpty() ? "" : " | " + remedy));
    }

    /** Flyway writes a table, and then a row. */
    private void baseline(Flyway flyway) {
        tables.dropHistory(SchemaHistory.TABLE);
        flyway.baseline();
    }

    private Flyway flyway() {
        DatabaseVendor vendor = DatabaseVendor.of(database);
        Flyway all = Flyway.configure()
                .dataSource(database)
                .locations(vendor.migrations())
                .table(SchemaHistory.TABLE)
                .load();
        MigrationInfo[] migrations = all.info().all();
        return Flyway.configure()
                .configuration(all.getConfiguration())
                .baselineVersion(migrations[migrations.length - 1].getVersion())
                .baselineDescription("Adopted")
                .load();
    }

    private List<String> scripts(Flyway flyway) {
        String folder = DatabaseVendor.of(database).migrations() + "/";
        return Stream.of(flyway.info().all())
                .map(migration -> text(folder + migration.getScript()))
                .toList();
    }

    private static String text(String script) {
        try {
            return new DefaultResourceLoader().getResource(script).getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
