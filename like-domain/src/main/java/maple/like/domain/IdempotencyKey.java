package maple.like.domain;

/**
 * A key by which a client marks a request, so that a repetition of it is recognised.
 *
 * @param value 1 to {@value #MAX_LENGTH} visible ASCII characters, no space among them; case-sensitive
 */
public record IdempotencyKey(String value) {
    /** The greatest number of characters in a key. */
    public static final int MAX_LENGTH = 255;

    /**
     * Checks a key.
     *
     * @throws IllegalArgumentException if it is empty, too long, or holds another character than those allowed
     */
    public IdempotencyKey {
        if (value.isEmpty() || value.length() > MAX_LENGTH || !Text.isPlain(value) || Text.hasSpace(value)) {
            throw new IllegalArgumentException("An idempotency key has 1 to " + MAX_LENGTH
                    + " visible ASCII characters: " + value.length() + " characters given");
        }
    }

    /** Returns the key itself. */
    @Override
    public String toString() {
        return value;
    }
}
