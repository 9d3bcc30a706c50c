package maple.like.adapter.jpa.adoption;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The catalogue of one kind of database, and its statements that change a column or an index. */
abstract sealed class SharedTables permits PostgreSqlTables, MySqlTables {
    /** @throws IllegalArgumentException if no tables are adopted from this kind of database */
    static SharedTables of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "PostgreSQL" -> new PostgreSqlTables();
            case "MySQL", "MariaDB" -> new MySqlTables();
            default ->
                throw new IllegalArgumentException(
                        "Tables are adopted from PostgreSQL, MySQL and MariaDB, not from " + product);
        };
    }

    /** Columns: name, type, length, whether null is allowed (YES), default, collation, whether generated (YES). */
    abstract Sql columns(String table);

    /** Columns: index, column, whether of a constraint (YES); unique ones over whole columns, in the order of columns. */
    abstract Sql uniqueIndexes(String table);

    /** One row if the check constraint exists. */
    abstract Sql check(String constraint);

    /** Columns: the table and the name of a foreign key that a change of the column does not survive. */
    abstract Sql foreignKeys(String table, String column);

    abstract boolean isText(Column column, int length);

    abstract boolean isCount(Column column);

    abstract boolean isTime(Column column);

    /** Makes a column a text of some length, compared byte by byte and not null. */
    abstract Sql[] toText(String table, Column column, int length);

    /** Makes a column a count that is not null and 0 by default. */
    abstract Sql[] toCount(String table, String column);

    abstract Sql addCount(String table, String column);

    /** Makes a column a point in time with microseconds, not null. Existing values are taken as UTC. */
    abstract Sql[] toTime(String table, String column);

    abstract Sql[] addTime(String table, String column);

    abstract Sql rename(String table, Index index, String name);

    /** The duplicates of names that differ by letter case, accents or Unicode form alone: one row for each set. */
    abstract Sql similarNames();

    /** Whether a statement failed because it has run before. */
    abstract boolean hasRunBefore(SQLException e);

    final Sql addUnique(String table, String name, List<String> columns) {
        return Sql.of(
                "alter table " + table + " add constraint " + name + " unique (" + String.join(", ", columns) + ")");
    }

    final Map<String, Column> readColumns(Connection connection, String table) throws SQLException {
        Map<String, Column> columns = new TreeMap<>();
        for (String[] row : columns(table).read(connection)) {
            columns.put(
                    row[0],
                    new Column(
                            row[0],
                            row[1],
                            row[2] == null ? 0 : Long.parseLong(row[2]),
                            "YES".equals(row[3]),
                            row[4],
                            row[5],
                            "YES".equals(row[6])));
        }
        return columns;
    }

    final List<Index> readUniqueIndexes(Connection connection, String table) throws SQLException {
        Map<String, Index> indexes = new TreeMap<>();
        for (String[] row : uniqueIndexes(table).read(connection)) {
            indexes.computeIfAbsent(row[0], name -> new Index(name, new ArrayList<>(), "YES".equals(row[2])))
                    .columns()
                    .add(row[1]);
        }
        return List.copyOf(indexes.values());
    }

    static boolean isZero(@Nullable String fallback) {
        return fallback != null && fallback.replace("'", "").matches("0(::.*)?");
    }
}
