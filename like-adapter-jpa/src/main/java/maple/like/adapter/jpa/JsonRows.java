package maple.like.adapter.jpa;

/** A table as a JSON array of arrays, for databases that take no array as a parameter. */
final class JsonRows {
    private JsonRows() {}

    static String write(Object[]... columns) {
        StringBuilder json = new StringBuilder("[");
        for (int row = 0; row < columns[0].length; row++) {
            json.append(row == 0 ? "[" : ",[");
            for (int column = 0; column < columns.length; column++) {
                if (column > 0) {
                    json.append(',');
                }
                append(json, columns[column][row]);
            }
            json.append(']');
        }
        return json.append(']').toString();
    }

    private static void append(StringBuilder json, Object value) {
        if (value instanceof String text) {
            quote(json, text);
        } else {
            json.append(value);
        }
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
