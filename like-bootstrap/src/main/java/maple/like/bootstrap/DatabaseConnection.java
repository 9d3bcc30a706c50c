package maple.like.bootstrap;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import maple.like.adapter.jpa.DatabaseVendor;
import maple.like.application.DatabaseUnavailableException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;

/** The first connection of a start, or the reason why there is none. Quotes nothing of the URL that may be secret. */
final class DatabaseConnection {
    static final String URL = "spring.datasource.url";

    /** Of the MariaDB driver, and of MySQL's. */
    private static final Pattern PASSWORD_NEEDS_TLS =
            Pattern.compile("RSA public key is not available|Public Key Retrieval is not allowed");

    private static final Pattern ADDRESS = Pattern.compile("jdbc:\\w+(:.*?//)([^/@?]*@)?([^?]*).*");

    private static final Pattern TIMED_OUT = Pattern.compile("(?i)timed?.?out");

    /** The first attempt also loads and compiles the driver, which takes seconds on a busy machine. */
    private static final int TRIES = 5;

    private DatabaseConnection() {}

    /**
     * Connects, and returns what it found.
     *
     * @throws ConfigurationException where the database cannot be used
     */
    static DatabaseVendor check(DataSource database, Environment environment) {
        String url = environment.getProperty(URL, "");
        try {
            DatabaseVendor server = vendor(database);
            requireDriverOf(server, url);
            return server;
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    e.getMessage() + ".", "Set " + URL + " in the form jdbc:postgresql://localhost/likes.");
        } catch (DatabaseUnavailableException e) {
            throw unreachable(url, e);
        }
    }

    private static DatabaseVendor vendor(DataSource database) {
        for (int triesLeft = TRIES - 1; ; triesLeft--) {
            try {
                return DatabaseVendor.of(database);
            } catch (DatabaseUnavailableException e) {
                if (triesLeft == 0 || !TIMED_OUT.matcher(reason(e)).find()) {
                    throw e;
                }
            }
        }
    }

    private static String reason(DatabaseUnavailableException failure) {
        return String.valueOf(NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
    }

    /** The drivers of MySQL and MariaDB connect to both; the statements of the service are those of the server. */
    private static void requireDriverOf(DatabaseVendor server, String url) {
        String named = DatabaseVendor.ofUrl(url).product();
        if (!named.equals(server.product())) {
            throw new ConfigurationException(
                    URL + " is one of " + named + ", but the server is " + server.product() + ".",
                    "Set " + URL + " to " + address(server.product().toLowerCase(Locale.ROOT), url)
                            + ". The options of the two drivers differ.");
        }
    }

    static ConfigurationException unreachable(String url, DatabaseUnavailableException failure) {
        String reason = reason(failure);
        if (!PASSWORD_NEEDS_TLS.matcher(reason).find()) {
            return new ConfigurationException(
                    "The database cannot be reached at " + URL + ": " + reason,
                    "Start the database, or set " + URL + ", spring.datasource.username and"
                            + " spring.datasource.password to what it takes.");
        }
        String message =
                "The server takes the password of spring.datasource.username (caching_sha2_password) over TLS only,"
                        + " and the connection to " + URL + " has none.";
        return url.startsWith("jdbc:mariadb:")
                ? new ConfigurationException(
                        message,
                        "If the server is MySQL, set " + URL + " to " + address("mysql", url)
                                + ", which uses TLS by itself. Otherwise add sslMode=verify-full to it.")
                : new ConfigurationException(
                        message,
                        "Remove useSSL=false or sslMode=DISABLED from " + URL + ", or enable TLS in the server. In a"
                                + " network that you trust, add allowPublicKeyRetrieval=true.");
    }

    /** The tables are there, and a call failed. */
    static ConfigurationException refused(DatabaseUnavailableException failure) {
        return new ConfigurationException(
                failure.getMessage() + ": "
                        + reason(failure).lines().findFirst().orElse(""),
                "Give the user of spring.datasource.username the rights that java -jar like-bootstrap-*.jar schema"
                        + " grants, or restore the database, and start again.");
    }

    /** The same database in a URL of another driver, without user, password and options. */
    private static String address(String scheme, String url) {
        Matcher parts = ADDRESS.matcher(url);
        return "jdbc:" + scheme + (parts.matches() ? parts.group(1) + parts.group(3) : "://host:port/database");
    }
}
