package maple.like.application.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import maple.like.application.InvalidCursorException;

/**
 * Cursors of one list: a digest of the list and the number of an entry, and the number. A cursor that was changed, or is of
 * another list, does not fit its digest.
 *
 * @param list names the list
 */
record PageCursor(String list) {
    private static final int DIGITS = 16;
    private static final int RADIX = 16;

    String after(long number) {
        String digits = Long.toHexString(number);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest((digits + ' ' + list).getBytes(UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, DIGITS) + digits;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }

    /** @throws InvalidCursorException if {@link #after} did not return this text for this list */
    long parse(String text) {
        try {
            long number = text.length() > DIGITS ? Long.parseLong(text.substring(DIGITS), RADIX) : 0;
            if (after(number).equals(text)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // rejected below
        }
        throw new InvalidCursorException();
    }
}
