package maple.like.bootstrap;

import java.util.List;
import java.util.stream.Stream;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/** Stops the start before anything is built, where the configuration lacks what only a deployment can say. */
final class ConfigurationCheck implements BeanFactoryPostProcessor {
    static final String SECRET = "like.auth.jwt-secret";
    private static final String JWT = "spring.security.oauth2.resourceserver.jwt.";
    private static final List<String> KEYS_OF_OTHERS =
            List.of(JWT + "issuer-uri", JWT + "jwk-set-uri", JWT + "public-key-location");

    private final Environment environment;

    ConfigurationCheck(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        if (!isSet("spring.datasource.url")) {
            throw new ConfigurationException(
                    "There is no database to connect to: spring.datasource.url is not set.",
                    "Set spring.datasource.url, for example to jdbc:postgresql://localhost/likes.");
        }
        boolean secret = isSet(SECRET);
        List<String> others = KEYS_OF_OTHERS.stream().filter(this::isSet).toList();
        if (!secret && others.isEmpty()) {
            throw new ConfigurationException(
                    "There is no key to check tokens with: " + SECRET + " is not set.",
                    "Set like.auth.jwt-secret (HS256, 32 bytes or more), or one of " + String.join(", ", KEYS_OF_OTHERS)
                            + ".");
        }
        if (secret && !others.isEmpty()) {
            throw new ConfigurationException(
                    "There are two kinds of keys to check tokens with: " + SECRET + " and " + others.get(0) + ".",
                    "Set one of them, not both.");
        }
    }

    private boolean isSet(String property) {
        return Stream.ofNullable(environment.getProperty(property)).anyMatch(value -> !value.isBlank());
    }
}
