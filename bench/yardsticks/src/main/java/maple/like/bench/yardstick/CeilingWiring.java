package maple.like.bench.yardstick;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** The yardstick {@code ceiling}. */
@Configuration(proxyBeanMethods = false)
@Profile("ceiling")
class CeilingWiring {
    @Bean
    CeilingLikes likes() {
        return new CeilingLikes();
    }
}
