package maple.like.adapter.jpa.adoption;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import maple.like.adapter.jpa.adoption.Finding.Resolution;
import maple.like.application.DatabaseUnavailableException;
import maple.like.domain.RelationKey;

/**
 * Brings the tables of a predecessor to what the service needs, and stores what the predecessor had not stored. Each step
 * can be repeated after it was killed. Not safe for use by several threads; the connection stays the caller's.
 */
public final class TableAdoption {
    private static final String NO_CHARACTER = "no such character";

    private final Connection connection;
    private final SharedTables tables;
    private final InstantSource clock;

    /**
     * Adopts through a connection in auto-commit mode.
     *
     * @param clock dates new rows
     * @throws IllegalArgumentException if no tables are adopted from this kind of database
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    public TableAdoption(Connection connection, InstantSource clock) {
        this.connection = connection;
        this.clock = clock;
        this.tables = run("look at the database", () -> SharedTables.of(connection));
    }

    /** Whether a table that the service shares with others exists. */
    public boolean hasSharedTables() {
        return run(
                "look for tables",
                () -> !tables.readColumns(connection, ColumnInspection.CHARACTER)
                                .isEmpty()
                        || !tables.readColumns(connection, ColumnInspection.LIKE)
                                .isEmpty());
    }

    /**
     * Lists all that differs from what the service needs; changes nothing.
     *
     * @throws DatabaseUnavailableException if the database fails
     */
    public List<Finding> inspect() {
        return run("inspect the tables", () -> {
            List<Finding> findings = new ArrayList<>(new ColumnInspection(connection, tables).inspect());
            if (findings.stream().noneMatch(finding -> finding.resolution() == Resolution.PERSON)) {
                findings.addAll(new RowInspection(connection, tables).inspect());
            }
            return findings;
        });
    }

    /**
     * Resolves a difference.
     *
     * @throws DatabaseUnavailableException if the database fails
     */
    public void resolve(Finding finding) {
        for (Sql statement : finding.statements()) {
            run("run: " + statement, () -> statement.execute(connection));
        }
    }

    /**
     * Adds what the service's migrations add: its own tables, and its columns and indexes of the shared ones.
     *
     * @param migrations all scripts, in their order
     * @throws DatabaseUnavailableException if the database fails
     */
    public void createOwnTables(List<String> migrations) {
        run("create the tables of the service", () -> {
            new OwnTables(connection, tables).create(migrations);
            return true;
        });
    }

    /** Drops a history of migrations that has no rows. */
    public void dropHistory(String table) {
        run("drop " + table, () -> Sql.of("drop table if exists " + table).execute(connection));
    }

    /** To be called once nothing can be lost any more by not continuing. */
    public void finish() {
        run("finish the adoption", () -> {
            new OwnTables(connection, tables).forgetProgress();
            return true;
        });
    }

    /**
     * Counts the changes that rows lack.
     *
     * @param liked whether the relations are liked
     * @return how many of the relations have no row, or one too many
     */
    public int missing(Collection<RelationKey> relations, boolean liked) {
        return run("read rows", () -> different(relations, liked).size());
    }

    /**
     * Gives relations a row, or takes it from them. A like of a character that does not exist becomes a dead letter.
     *
     * @param liked whether the relations are liked
     * @throws DatabaseUnavailableException if the database fails; then none of them is stored
     */
    public Stored store(Collection<RelationKey> relations, boolean liked) {
        return run("store relations", () -> {
            connection.setAutoCommit(false);
            try {
                Stored stored = storeWithin(relations, liked);
                connection.commit();
                return stored;
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    private Stored storeWithin(Collection<RelationKey> relations, boolean liked) throws SQLException {
        List<RelationKey> different = different(relations, liked);
        LocalDateTime now = LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
        int deadLetters = 0;
        for (RelationKey relation : different) {
            String target = relation.target().value();
            String account = relation.account().value();
            if (!liked) {
                Sql.of("delete from character_like where target_ocid = ? and liker_account_id = ?", target, account)
                        .execute(connection);
            } else if (Sql.of("select 1 from game_character where ocid = ?", target)
                    .read(connection)
                    .isEmpty()) {
                Sql.of("delete from like_set_aside where target_ocid = ? and liker_account_id = ?", target, account)
                        .execute(connection);
                Sql.of(
                                "insert into like_set_aside (target_ocid, liker_account_id, liked, reason, created_at)"
                                        + " values (?, ?, true, ?, ?)",
                                target,
                                account,
                                NO_CHARACTER,
                                now)
                        .execute(connection);
                deadLetters++;
            } else {
                Sql.of(
                                "insert into character_like (target_ocid, liker_account_id, created_at) values (?, ?, ?)",
                                target,
                                account,
                                now)
                        .execute(connection);
            }
        }
        return new Stored(different.size() - deadLetters, deadLetters);
    }

    private List<RelationKey> different(Collection<RelationKey> relations, boolean liked) throws SQLException {
        if (relations.isEmpty()) {
            return List.of();
        }
        List<Object> parameters = new ArrayList<>();
        relations.forEach(relation -> {
            parameters.add(relation.target().value());
            parameters.add(relation.account().value());
        });
        String marks = "(?, ?), ".repeat(relations.size());
        Set<String> rows = new HashSet<>();
        for (String[] row : new Sql(
                        "select liker_account_id, target_ocid from character_like where (target_ocid, liker_account_id) in ("
                                + marks.substring(0, marks.length() - 2) + ")",
                        parameters)
                .read(connection)) {
            rows.add(row[0] + ":" + row[1]);
        }
        return relations.stream()
                .filter(relation -> rows.contains(relation.value()) != liked)
                .distinct()
                .toList();
    }

    /** Makes every count equal the number of rows, and returns how many did not. */
    public int countRows() {
        return run("count rows", () -> RowInspection.COUNT_ROWS.execute(connection));
    }

    /**
     * What was stored.
     *
     * @param rows inserted or deleted
     * @param deadLetters likes of characters that do not exist
     */
    public record Stored(int rows, int deadLetters) {}

    private interface Step<T> {
        T run() throws SQLException;
    }

    private static <T> T run(String what, Step<T> step) {
        try {
            return step.run();
        } catch (SQLException e) {
            throw new DatabaseUnavailableException("Could not " + what, e);
        }
    }
}
