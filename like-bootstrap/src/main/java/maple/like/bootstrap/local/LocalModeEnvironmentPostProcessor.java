package maple.like.bootstrap.local;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Turns local mode on where none of the properties is set that a deployment requires, and adds the defaults of either
 * mode, and those that depend on the version of Java.
 */
final class LocalModeEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {
    /** Before JEP 491, a virtual thread that waits within a monitor keeps its carrier, of which there are few. */
    private static final int WAITS_WITHOUT_PINNING = 24;

    private static final List<String> REQUIRED_BY_A_DEPLOYMENT = List.of(
            "like.redis.uri",
            "spring.datasource.url",
            LocalModeConfiguration.SECRET,
            "spring.security.oauth2.resourceserver.jwt.issuer-uri",
            "spring.security.oauth2.resourceserver.jwt.jwk-set-uri",
            "spring.security.oauth2.resourceserver.jwt.public-key-location");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        boolean local = REQUIRED_BY_A_DEPLOYMENT.stream().noneMatch(environment::containsProperty);
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put(LocalModeConfiguration.ACTIVE, local);
        // Resolved once: a placeholder for a random value is another value each time.
        settings.put("app.instance-id", instanceId(environment));
        settings.put("spring.threads.virtual.enabled", Runtime.version().feature() >= WAITS_WITHOUT_PINNING);
        if (local) {
            String directory =
                    environment.getProperty(LocalModeConfiguration.DIRECTORY, LocalModeConfiguration.DEFAULT_DIRECTORY);
            // A commit must survive a kill, and the last flush runs while the process ends.
            settings.put(
                    "spring.datasource.url",
                    "jdbc:h2:file:" + Path.of(directory, "h2", "likes").toAbsolutePath()
                            + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE");
            settings.put(LocalModeConfiguration.SECRET, newSecret());
            settings.put("server.address", "127.0.0.1");
            settings.put("management.endpoint.health.show-details", "always");
        } else {
            settings.put("management.endpoint.health.show-details", "when-authorized");
            settings.put("logging.structured.format.console", "ecs");
            settings.put("logging.structured.ecs.service.node-name", "${app.instance-id}");
        }
        environment.getPropertySources().addLast(new MapPropertySource("likeDefaults", settings));
    }

    private static String instanceId(ConfigurableEnvironment environment) {
        String host = environment.getProperty("HOSTNAME", "");
        return host.isBlank() ? environment.resolveRequiredPlaceholders("${random.uuid}") : host;
    }

    /** A new key with each start, which ends earlier tokens. */
    private static String newSecret() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return HexFormat.of().formatHex(key);
    }

    /** After the configuration files. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
