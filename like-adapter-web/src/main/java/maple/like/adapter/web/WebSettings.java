package maple.like.adapter.web;

import java.time.Duration;

/**
 * What an operator may choose about the REST API.
 *
 * @param retryAfter how long clients are told to wait when likes or lookups are unavailable: at least one second, whole seconds
 */
public record WebSettings(Duration retryAfter) {
    /**
     * Checks the settings.
     *
     * @param retryAfter how long clients are told to wait when likes are unavailable
     * @throws IllegalArgumentException if it is shorter than a second
     */
    public WebSettings {
        if (retryAfter.toSeconds() < 1) {
            throw new IllegalArgumentException("retryAfter is at least one second: " + retryAfter);
        }
    }

    /** The settings of an operator who chooses nothing: three seconds. */
    public static WebSettings standard() {
        return new WebSettings(Duration.ofSeconds(3));
    }
}
