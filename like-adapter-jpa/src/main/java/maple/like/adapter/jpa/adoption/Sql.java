package maple.like.adapter.jpa.adoption;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A statement.
 *
 * @param text the SQL
 * @param parameters in the order of its question marks
 */
public record Sql(String text, List<Object> parameters) {
    /** Copies the parameters. */
    public Sql {
        parameters = List.copyOf(parameters);
    }

    static Sql of(String text, Object... parameters) {
        return new Sql(text, List.of(parameters));
    }

    int execute(Connection connection) throws SQLException {
        try (PreparedStatement statement = prepare(connection)) {
            return statement.execute() ? 0 : statement.getUpdateCount();
        }
    }

    /** Reads the rows, each column as text; null where it is null. */
    List<String[]> read(Connection connection) throws SQLException {
        try (PreparedStatement statement = prepare(connection);
                ResultSet rows = statement.executeQuery()) {
            int columns = rows.getMetaData().getColumnCount();
            List<String[]> read = new ArrayList<>();
            while (rows.next()) {
                String[] row = new String[columns];
                for (int column = 0; column < columns; column++) {
                    row[column] = rows.getString(column + 1);
                }
                read.add(row);
            }
            return read;
        }
    }

    long number(Connection connection) throws SQLException {
        return Long.parseLong(read(connection).get(0)[0]);
    }

    private PreparedStatement prepare(Connection connection) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(text);
        for (int i = 0; i < parameters.size(); i++) {
            statement.setObject(i + 1, parameters.get(i));
        }
        return statement;
    }

    /** Returns the SQL with its parameters in place, for a person to read. */
    @Override
    public String toString() {
        String shown = text;
        for (Object parameter : parameters) {
            String value = parameter instanceof Number
                    ? parameter.toString()
                    : "'" + parameter.toString().replace("'", "''") + "'";
            int mark = shown.indexOf('?');
            shown = shown.substring(0, mark) + value + shown.substring(mark + 1);
        }
        return shown;
    }
}
