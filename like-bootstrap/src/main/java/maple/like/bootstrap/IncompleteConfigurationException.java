package maple.like.bootstrap;

import java.io.Serial;

/** The configuration lacks something that the service cannot do without, or contradicts itself. */
public final class IncompleteConfigurationException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * Says what is wrong.
     *
     * @param message what is wrong
     * @param action what to do about it, naming the property
     */
    public IncompleteConfigurationException(String message, String action) {
        super(message + ' ' + action);
        this.action = action;
    }

    String action() {
        return action;
    }
}
