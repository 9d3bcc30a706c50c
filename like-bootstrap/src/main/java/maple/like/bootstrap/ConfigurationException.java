package maple.like.bootstrap;

import java.io.Serial;

/** The configuration is incomplete, contradicts itself or holds a wrong value. Never quotes what may be secret. */
final class ConfigurationException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * Says what is wrong.
     *
     * @param message what is wrong, naming the property
     * @param action what to do about it
     */
    ConfigurationException(String message, String action) {
        super(message);
        this.action = action;
    }

    String action() {
        return action;
    }
}
