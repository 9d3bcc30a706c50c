package maple.like.adapter.web.nexon;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The connection to the Nexon Open API.
 *
 * @param baseUrl such as {@code https://open.api.nexon.com}
 * @param apiKey secret
 * @param connectTimeout the limit for a connection
 * @param timeout the limit for a whole lookup, including the connection
 */
public record NexonSettings(String baseUrl, String apiKey, Duration connectTimeout, Duration timeout) {
    private static final Pattern KEY = Pattern.compile("[!-~]{1,1024}");

    /**
     * Validates the settings.
     *
     * @throws IllegalArgumentException if one of them is invalid; the message does not quote the key
     */
    public NexonSettings {
        if (!isBaseUrl(baseUrl)) {
            throw new IllegalArgumentException("baseUrl is not a server URL");
        }
        if (!isApiKey(apiKey)) {
            throw new IllegalArgumentException("apiKey is empty or has characters that a header cannot hold");
        }
        if (!isPositive(connectTimeout) || !isPositive(timeout)) {
            throw new IllegalArgumentException("Timeouts must be positive: " + connectTimeout + ", " + timeout);
        }
    }

    /** Whether a path can be appended to the URL: HTTP or HTTPS with a host, without user, query and fragment. */
    public static boolean isBaseUrl(String text) {
        try {
            URI uri = new URI(text);
            return ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Whether a header can hold the key: printable ASCII without spaces. */
    public static boolean isApiKey(String text) {
        return KEY.matcher(text).matches();
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    /** Omits the key. */
    @Override
    public String toString() {
        return "NexonSettings[baseUrl=" + baseUrl + ", connectTimeout=" + connectTimeout + ", timeout=" + timeout + "]";
    }
}
