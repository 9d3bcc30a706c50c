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
 * Decides whether this is local mode: it is, when none of the things that a deployment must say has been said. Then,
 * and else as well, it adds the settings that follow, where the configuration does not set them itself.
 */
final class LocalModeEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {
    private static final List<String> WHAT_A_DEPLOYMENT_SAYS = List.of(
            "like.redis.uri",
            "spring.datasource.url",
            LocalModeConfiguration.SECRET,
            "spring.security.oauth2.resourceserver.jwt.issuer-uri",
            "spring.security.oauth2.resourceserver.jwt.jwk-set-uri",
            "spring.security.oauth2.resourceserver.jwt.public-key-location");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        boolean local = WHAT_A_DEPLOYMENT_SAYS.stream().noneMatch(environment::containsProperty);
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put(LocalModeConfiguration.ACTIVE, local);
        // Once for all who ask: a placeholder for a random value is another value each time.
        settings.put("app.instance-id", instanceId(environment));
        if (local) {
            String directory =
                    environment.getProperty(LocalModeConfiguration.DIRECTORY, LocalModeConfiguration.DEFAULT_DIRECTORY);
            // What was committed must survive a kill, and the last batch is stored while the process is about to end.
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

    /** Another key with every start: tokens handed out earlier end with it. */
    private static String newSecret() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return HexFormat.of().formatHex(key);
    }

    /** After the configuration files were read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
