package maple.like.domain;

import java.util.regex.Pattern;

/**
 * The identity of a character in the game, which a rename does not change. The name is the game operator's
 * (<a href="https://openapi.nexon.com/">Nexon Open API</a>), whose values are 32 hexadecimal digits.
 *
 * @param value 1 to {@value #MAX_LENGTH} ASCII letters, digits, {@code '-'}, {@code '_'} or {@code '.'}; case-sensitive
 */
public record Ocid(String value) {
    /** The greatest number of characters in an OCID. */
    public static final int MAX_LENGTH = 64;

    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9._-]{1," + MAX_LENGTH + "}");

    /**
     * Checks an OCID.
     *
     * @param value the OCID as the game operator gives it
     * @throws IllegalArgumentException if it is empty, too long, or holds another character than those allowed
     */
    public Ocid {
        if (!VALID.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "An OCID has 1 to " + MAX_LENGTH + " ASCII letters, digits, '-', '_' or '.': " + Text.quote(value));
        }
    }

    /** Returns the OCID itself. */
    @Override
    public String toString() {
        return value;
    }
}
