package maple.like.adapter.jpa.adoption;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Adds what migrations add to the shared tables, statement by statement. A table of one row remembers how many statements
 * have run, so that it can be continued after it was killed, also where the database commits each statement that changes a
 * table by itself.
 */
record OwnTables(Connection connection, SharedTables tables) {
    private static final String PROGRESS = "like_adoption";
    private static final Pattern COMMENT = Pattern.compile("(?m)^--.*$");
    private static final Pattern END = Pattern.compile(";\\s*(\\n|$)");

    /** @param migrations all scripts, in their order */
    void create(List<String> migrations) throws SQLException {
        List<String> statements = migrations.stream()
                .flatMap(OwnTables::statements)
                .filter(OwnTables::isMissing)
                .toList();
        Sql.of("create table if not exists " + PROGRESS + " (statements integer not null)")
                .execute(connection);
        List<String[]> before = Sql.of("select statements from " + PROGRESS).read(connection);
        int ran = before.isEmpty() ? 0 : Integer.parseInt(before.get(0)[0]);
        if (before.isEmpty()) {
            Sql.of("insert into " + PROGRESS + " values (0)").execute(connection);
        }
        for (int next = ran; next < statements.size(); next++) {
            connection.setAutoCommit(false);
            try {
                run(statements.get(next), next == ran);
                Sql.of("update " + PROGRESS + " set statements = ?", next + 1).execute(connection);
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    void forgetProgress() throws SQLException {
        Sql.of("drop table if exists " + PROGRESS).execute(connection);
    }

    /** The first statement may have run just before an earlier adoption was killed. */
    private void run(String statement, boolean first) throws SQLException {
        try {
            Sql.of(statement).execute(connection);
        } catch (SQLException e) {
            if (!first || !tables.hasRunBefore(e)) {
                throw new SQLException(e.getMessage() + ", by: " + statement, e.getSQLState(), e.getErrorCode(), e);
            }
        }
    }

    private static Stream<String> statements(String script) {
        return Arrays.stream(END.split(COMMENT.matcher(script).replaceAll("")))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty());
    }

    /** The shared tables are there. */
    private static boolean isMissing(String statement) {
        return Stream.of(ColumnInspection.CHARACTER, ColumnInspection.LIKE)
                .noneMatch(table -> statement.startsWith("create table " + table + " ("));
    }
}
