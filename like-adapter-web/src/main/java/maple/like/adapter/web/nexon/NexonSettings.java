package maple.like.adapter.web.nexon;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * How the Nexon Open API is asked.
 *
 * @param baseUrl where it is, such as {@code https://open.api.nexon.com}
 * @param apiKey the key that Nexon gave out: secret
 * @param connectTimeout how long a connection may take
 * @param timeout how long a lookup may take altogether, the connection included
 */
public record NexonSettings(String baseUrl, String apiKey, Duration connectTimeout, Duration timeout) {
    private static final Pattern KEY = Pattern.compile("[!-~]{1,1024}");

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one of them cannot be used; the message does not hold the key
     */
    public NexonSettings {
        if (!isBaseUrl(baseUrl)) {
            throw new IllegalArgumentException("baseUrl is not the URL of a server");
        }
        if (!isApiKey(apiKey)) {
            throw new IllegalArgumentException("apiKey is not a key: it is empty, or holds what no header can");
        }
        if (!isPositive(connectTimeout) || !isPositive(timeout)) {
            throw new IllegalArgumentException("Timeouts are positive: " + connectTimeout + ", " + timeout);
        }
    }

    /** Whether a text is a URL that a path can be appended to: HTTP or HTTPS, a host, no user, no query. */
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

    /** Whether a text can be sent as a key: printable ASCII without spaces. */
    public static boolean isApiKey(String text) {
        return KEY.matcher(text).matches();
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    /** Does not show the key. */
    @Override
    public String toString() {
        return "NexonSettings[baseUrl=" + baseUrl + ", connectTimeout=" + connectTimeout + ", timeout=" + timeout + "]";
    }
}
