package maple.like.bootstrap;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import maple.like.adapter.jpa.DatabaseVendor;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/** Fails startup before any bean is created, where a required property is missing or invalid. */
final class ConfigurationCheck implements BeanFactoryPostProcessor {
    static final String SECRET = "like.auth.jwt-secret";
    static final String JWT = "spring.security.oauth2.resourceserver.jwt.";

    private static final String REDIS = "like.redis.uri";
    private static final String DATABASE = DatabaseConnection.URL;
    private static final String DRIVER = "spring.datasource.driver-class-name";
    private static final List<String> ISSUER_KEYS =
            List.of(JWT + "issuer-uri", JWT + "jwk-set-uri", JWT + "public-key-location");
    private static final String TRACES = "management.opentelemetry.tracing.export.otlp.endpoint";
    private static final String SAMPLING = "management.tracing.sampling.probability";
    private static final int LAST_PORT = 65_535;
    private static final int MIN_SECRET_BYTES = 32;

    private final Environment environment;

    ConfigurationCheck(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        LikeProperties properties = Binder.get(environment).bindOrCreate("like", LikeProperties.class);
        if (properties.local().active()) {
            requireUsable(properties.local().directory());
        } else {
            requireDeployment();
        }
        requireOneKindOfKey();
        requireSecret(environment.getProperty(SECRET, ""));
        requirePort(environment.getProperty("server.port", Integer.class, 0));
        requireTraces();
    }

    private void requireDeployment() {
        List<String> missing = new ArrayList<>();
        List<String> remedies = new ArrayList<>();
        if (!isSet(REDIS) && BufferStrategy.of(environment) == BufferStrategy.REDIS) {
            missing.add("a Redis to connect to (" + REDIS + ")");
            remedies.add(REDIS + ", for example to redis://localhost:6379 (or like.buffer.strategy to in-memory)");
        }
        if (!isSet(DATABASE)) {
            missing.add("a database to connect to (" + DATABASE + ")");
            remedies.add(DATABASE + ", for example to jdbc:postgresql://localhost/likes");
        }
        if (!isSet(SECRET) && ISSUER_KEYS.stream().noneMatch(this::isSet)) {
            missing.add("a key to check tokens with (" + SECRET + ")");
            remedies.add(SECRET + " (HS256, 32 bytes or more), or one of " + String.join(", ", ISSUER_KEYS));
        }
        if (!missing.isEmpty()) {
            throw new ConfigurationException(
                    "Incomplete configuration. Missing: " + String.join("; ", missing) + ".",
                    "Set " + String.join("; and ", remedies) + ". Or set none of these to run in local mode.");
        }
        requireDriver(environment.getProperty(DATABASE, ""), environment.getProperty(DRIVER, ""));
    }

    private static void requireDriver(String url, String driver) {
        String form = "Set " + DATABASE + " in the form jdbc:postgresql://localhost/likes";
        if (!url.startsWith("jdbc:")) {
            throw new ConfigurationException(DATABASE + " is not a JDBC URL.", form + ".");
        }
        try {
            DatabaseVendor.ofUrl(url);
            if (driver.isBlank()) {
                DriverManager.getDriver(url);
            }
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(e.getMessage() + ".", form + ".");
        } catch (SQLException e) {
            throw new ConfigurationException(
                    "No JDBC driver of the jar takes " + DATABASE + ".",
                    form + ", or run the service with the driver in its class path.");
        }
        if (!driver.isBlank() && !ClassUtils.isPresent(driver, null)) {
            throw new ConfigurationException(
                    "The jar does not contain the class that " + DRIVER + " names.",
                    "Do not set " + DRIVER + ": the URL selects the driver.");
        }
    }

    private void requireOneKindOfKey() {
        for (String other : ISSUER_KEYS) {
            if (isSet(SECRET) && isSet(other)) {
                throw new ConfigurationException(
                        "There are two kinds of keys to check tokens with: " + SECRET + " and " + other + ".",
                        "Set one of them, not both.");
            }
        }
    }

    private static void requireSecret(String secret) {
        if (!secret.isBlank() && secret.getBytes(StandardCharsets.UTF_8).length < MIN_SECRET_BYTES) {
            throw new ConfigurationException(
                    SECRET + " is shorter than " + MIN_SECRET_BYTES + " bytes.",
                    "Set " + SECRET + " to a random text of " + MIN_SECRET_BYTES + " bytes or more.");
        }
    }

    /** The folder becomes a part of the database's URL. */
    private static void requireUsable(String directory) {
        if (directory.isBlank() || directory.contains(";")) {
            throw new ConfigurationException(
                    "like.local.directory cannot be used: \"" + directory + "\".",
                    "Set like.local.directory to the path of a folder, without semicolons.");
        }
    }

    private static void requirePort(int port) {
        if (port < 0 || port > LAST_PORT) {
            throw new ConfigurationException(
                    "server.port is " + port + ".", "Set server.port to a number from 0 to " + LAST_PORT + ".");
        }
    }

    private void requireTraces() {
        if (isSet(TRACES) && !isHttpUrl(String.valueOf(environment.getProperty(TRACES)))) {
            throw new ConfigurationException(
                    TRACES + " is not the URL of a collector.",
                    "Set " + TRACES + " in the form http://localhost:4318/v1/traces.");
        }
        double sampling = Binder.get(environment).bind(SAMPLING, Double.class).orElse(1.0);
        if (!(sampling >= 0 && sampling <= 1)) {
            throw new ConfigurationException(
                    SAMPLING + " is " + sampling + ".", "Set " + SAMPLING + " to a number from 0 to 1.");
        }
    }

    private static boolean isHttpUrl(String text) {
        try {
            URI uri = new URI(text);
            return ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()))
                    && uri.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private boolean isSet(String property) {
        return !environment.getProperty(property, "").isBlank();
    }
}
