package maple.like.domain;

/**
 * The identity of a character in the game, which a rename does not change. The name is the game operator's
 * (<a href="https://openapi.nexon.com/">Nexon Open API</a>), whose values are 32 hexadecimal digits.
 *
 * @param value 1 to {@value #MAX_LENGTH} ASCII letters, digits, {@code '-'}, {@code '_'} or {@code '.'}; case-sensitive
 */
public record Ocid(String value) {
    /** The greatest number of characters in an OCID. */
    public static final int MAX_LENGTH = 64;

    /**
     * Checks an OCID.
     *
     * @throws IllegalArgumentException if it is empty, too long, or holds another character than those allowed
     */
    public Ocid {
        if (value.isEmpty() || value.length() > MAX_LENGTH || !isValid(value)) {
            throw new IllegalArgumentException(
                    "An OCID has 1 to " + MAX_LENGTH + " ASCII letters, digits, '-', '_' or '.': " + Text.quote(value));
        }
    }

    private static boolean isValid(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean letterOrDigit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }

    /** Returns the OCID itself. */
    @Override
    public String toString() {
        return value;
    }
}
