package maple.like.domain;

/** Checks of text that the value objects share. */
final class Text {
    private static final int QUOTE_LIMIT = 80;

    private Text() {}

    /** Whether the text can be stored, logged and sent: no control or line-breaking character, no unpaired surrogate. */
    static boolean isPrintable(String text) {
        return isPlain(text) || text.codePoints().allMatch(Text::isPrintable);
    }

    /** Whether the text is printable ASCII, as most are; fast. */
    static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    /** Without white space and invisible characters at both ends. */
    static String trim(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isBlank(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (end > start && isBlank(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    private static boolean isBlank(int codePoint) {
        return Character.isWhitespace(codePoint)
                || Character.isSpaceChar(codePoint)
                || Character.getType(codePoint) == Character.FORMAT
                || isInvisible(codePoint);
    }

    /**
     * What else is not seen: the next-line control, the blank of Braille, and everything in the property
     * Default_Ignorable_Code_Point of
     * <a href="https://www.unicode.org/Public/17.0.0/ucd/DerivedCoreProperties.txt">Unicode</a> that is not of the category
     * Cf; Java has no method for it.
     */
    private static boolean isInvisible(int codePoint) {
        return switch (codePoint) {
            case 0x0085, 0x2800 -> true;
            case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2065, 0x3164, 0xFFA0 -> true;
            default ->
                (codePoint >= 0xFE00 && codePoint <= 0xFE0F)
                        || (codePoint >= 0xFFF0 && codePoint <= 0xFFF8)
                        || (codePoint >= 0xE0000 && codePoint <= 0xE0FFF);
        };
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
