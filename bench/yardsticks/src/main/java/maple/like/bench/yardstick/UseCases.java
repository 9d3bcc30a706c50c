package maple.like.bench.yardstick;

import java.time.Duration;
import java.time.InstantSource;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.ToggleLike;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.service.LikeUseCases;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** The service's own use cases, on top of a yardstick's likes. */
@Configuration(proxyBeanMethods = false)
class UseCases {
    @Bean
    Characters characters(JdbcTemplate database) {
        return new Characters(database);
    }

    @Bean
    ToggleLike toggleLike(Characters characters, LikeToggle likes) {
        return LikeUseCases.toggleLike(
                characters, likes, new NoEvents(), InstantSource.system(), Duration.ofMinutes(10));
    }

    @Bean
    ReadLikes readLikes(Characters characters, LikeToggle likes) {
        return LikeUseCases.readLikes(characters, likes);
    }
}
