package maple.like.bootstrap;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import maple.like.adapter.web.Hs256JwtDecoders;
import maple.like.adapter.web.TokenRules;
import maple.like.adapter.web.WebAdapter;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/** The REST API and who may use it. */
@Configuration(proxyBeanMethods = false)
@Import(WebAdapter.class)
class WebWiring {
    @Bean
    static ConfigurationCheck configurationCheck(Environment environment) {
        return new ConfigurationCheck(environment);
    }

    /** Without the property, Spring Boot makes a decoder of its own properties. */
    @Bean
    @ConditionalOnProperty(ConfigurationCheck.SECRET)
    JwtDecoder jwtDecoder(LikeProperties properties, OAuth2ResourceServerProperties standard, Clock clock) {
        String secret = String.valueOf(properties.auth().jwtSecret());
        return null;
    }
}
