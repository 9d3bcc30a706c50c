package maple.like.adapter.web;

import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * How the API treats its callers.
 *
 * @param claims where a token says who the caller is
 * @param allowedOrigins the origins whose pages may call the service from a browser, such as {@code
 *     https://page.example}; {@code *} for all
 * @param publicMaxAge how long anyone may cache an answer that is the same for all; less than a second for not at all
 * @param changesPerMinute how many changes an account may request in a minute; 0 for any number
 * @param readsPerMinute how many reads an account may request in a minute; 0 for any number
 */
public record WebSettings(
        Claims claims, List<String> allowedOrigins, Duration publicMaxAge, int changesPerMinute, int readsPerMinute) {

    /** Copies the list. */
    public WebSettings {
        allowedOrigins = List.copyOf(allowedOrigins);
    }

    /**
     * Claims by their names, or by names separated by dots that lead into nested objects.
     *
     * @param account the claim that is the account id
     * @param owned the claim that holds the OCIDs of the account's characters: an array, or a text with spaces
     * @param roles a claim with further authorities beside {@code scope} and {@code scp}, or {@code null}
     */
    public record Claims(
            String account, String owned, @Nullable String roles) {}

    /** What applies unless the application has another bean: {@code sub}, {@code ocids}, and nothing else. */
    public static WebSettings defaults() {
        return new WebSettings(new Claims("sub", "ocids", null), List.of(), Duration.ZERO, 0, 0);
    }

    /** Lets anyone cache an answer that is the same for all. Spring Security forbids it where nothing else is said. */
    void allowCaching(HttpServletResponse response) {
        if (publicMaxAge.toSeconds() > 0) {
            response.setHeader(HttpHeaders.CACHE_CONTROL, "public, max-age=" + publicMaxAge.toSeconds());
        }
    }
}
