package maple.like.domain;

/**
 * The identity of an account: the subject of the caller's token.
 *
 * @param value 1 to {@value #MAX_LENGTH} characters (UTF-16 units) without control characters or white space;
 *     case-sensitive. The limit is that of the {@code sub} claim in OpenID Connect Core 1.0, section 2.
 */
public record AccountId(String value) {
    /** The greatest number of characters in an account id. */
    public static final int MAX_LENGTH = 255;

    private static final int SHOWN = 2;
    private static final int LONG_ENOUGH_TO_SHOW_BOTH_ENDS = 4 * SHOWN;

    /**
     * Checks an account id.
     *
     * @throws IllegalArgumentException if it is empty, too long, or holds white space or a control character
     */
    public AccountId {
        if (value.isEmpty() || value.length() > MAX_LENGTH || !Text.isPrintable(value) || Text.hasSpace(value)) {
            throw new IllegalArgumentException("An account id has 1 to " + MAX_LENGTH
                    + " characters, none of them white space or control: " + value.length() + " characters given");
        }
    }

    /** Returns the account id masked, such as {@code ac***42}, because account ids are personal data. */
    @Override
    public String toString() {
        return value.length() < LONG_ENOUGH_TO_SHOW_BOTH_ENDS
                ? "***"
                : value.substring(0, SHOWN) + "***" + value.substring(value.length() - SHOWN);
    }
}
