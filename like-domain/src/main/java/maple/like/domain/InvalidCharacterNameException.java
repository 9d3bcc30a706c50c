package maple.like.domain;

import java.io.Serial;

/** The text given cannot be the name of a character. The message says why and quotes it in printable form. */
public final class InvalidCharacterNameException extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1L;

    InvalidCharacterNameException(String message) {
        super(message);
    }
}
