package maple.like.bench.yardstick;

import java.time.Clock;
import java.util.List;
import maple.like.adapter.web.TokenDecoder;
import maple.like.adapter.web.TokenRules;
import maple.like.adapter.web.WebAdapter;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/** The service's REST API, filters and tokens, on top of one of the yardsticks. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({WebAdapter.class, OtherCalls.class, CeilingWiring.class, SourceWiring.class, TransactionWiring.class})
public class YardstickApplication {
    /** Starts the application. */
    public static void main(String[] args) {
        SpringApplication.run(YardstickApplication.class, args);
    }

    @Bean
    JwtDecoder jwtDecoder(@Value("${like.auth.jwt-secret}") String secret) {
        return TokenDecoder.ofSecret(secret, new TokenRules(null, List.of(), Clock.systemUTC()));
    }
}
