package maple.like.bootstrap;

import java.io.Serial;

/** The configuration is incomplete, contradictory or invalid. Never quotes what may be secret. */
final class ConfigurationException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * Reports an invalid configuration.
     *
     * @param message what is wrong, naming the property
     * @param action what to set
     */
    ConfigurationException(String message, String action) {
        super(message);
        this.action = action;
    }

    String action() {
        return action;
    }
}
