package maple.like.domain;

/** What the value objects share when they look at text. */
final class Text {
    private static final int QUOTE_LIMIT = 80;

    private Text() {}

    /** Whether the text can be stored, logged and sent: no control or line-breaking character, no half of a surrogate pair. */
    static boolean isPrintable(String text) {
        return isPlain(text) || text.codePoints().allMatch(Text::isPrintable);
    }

    /** Whether there is nothing but ASCII, from the space to the tilde, which most texts are: quickly found out. */
    static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    static boolean hasSpace(String text) {
        return isPlain(text)
                ? text.indexOf(' ') >= 0
                : text.codePoints().anyMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c));
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The text between quotes, shortened, with everything unprintable written as an escape: safe for a log line. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().limit(QUOTE_LIMIT).forEach(codePoint -> {
            if (isPrintable(codePoint)) {
                quoted.appendCodePoint(codePoint);
            } else {
                quoted.append(String.format("\\u%04x", codePoint));
            }
        });
        return quoted.append(length(text) > QUOTE_LIMIT ? "…\"" : "\"").toString();
    }
}
