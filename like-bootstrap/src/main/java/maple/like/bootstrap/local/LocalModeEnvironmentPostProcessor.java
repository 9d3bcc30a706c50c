package maple.like.bootstrap.local;

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
            "like.auth.jwt-secret",
            "spring.security.oauth2.resourceserver.jwt.issuer-uri",
            "spring.security.oauth2.resourceserver.jwt.jwk-set-uri",
            "spring.security.oauth2.resourceserver.jwt.public-key-location");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        boolean local = WHAT_A_DEPLOYMENT_SAYS.stream().noneMatch(environment::containsProperty);
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put(LocalModeConfiguration.ACTIVE, local);
        if (local) {
            String directory =
                    environment.getProperty(LocalModeConfiguration.DIRECTORY, LocalModeConfiguration.DEFAULT_DIRECTORY);
            settings.put("spring.datasource.url", "jdbc:h2:file:./" + directory + "/h2/likes");
            settings.put("server.address", "127.0.0.1");
            settings.put("management.endpoint.health.show-details", "always");
        } else {
            settings.put("logging.structured.format.console", "ecs");
        }
        environment.getPropertySources().addLast(new MapPropertySource("likeDefaults", settings));
    }

    /** After the configuration files were read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
