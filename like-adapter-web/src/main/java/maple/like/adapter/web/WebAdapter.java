package maple.like.adapter.web;

import java.util.concurrent.ThreadLocalRandom;
import maple.like.application.port.in.EraseAccount;
import maple.like.application.port.in.ListLikes;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.ReadRanking;
import maple.like.application.port.in.ToggleLike;
import maple.like.application.port.in.WatchLikes;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/**
 * The whole REST API, for import into a Spring MVC application that has the beans {@link ToggleLike}, {@link ReadLikes},
 * {@link ReadRanking}, {@link ListLikes}, {@link EraseAccount}, {@link WatchLikes}, {@link StreamSettings}, {@link StreamMonitor} and
 * {@link JwtDecoder}; {@link WebSettings}, {@link WebMonitor} and {@link StreamConnector} are optional.
 *
 * <p>It secures {@code /api/**}. Filter chains for other paths belong to the importer and come after
 * {@value #API_CHAIN_ORDER}; every {@code HttpSecurity} of the application starts with bearer tokens, without sessions
 * and with problem documents, and each word of the claims {@code scope} and {@code scp}
 * is an authority {@code SCOPE_word}. The importer
 * decides who may read {@code /openapi.yaml}, {@code /docs}, {@code /docs.js} and {@code /webjars/**}.
 */
@Configuration(proxyBeanMethods = false)
@Import({
    SecurityConfiguration.class,
    LikeController.class,
    CharactersController.class,
    ListController.class,
    AccountController.class,
    DocumentController.class
})
public class WebAdapter {
    /** The order of the filter chain of {@code /api/**}; chains of the importer take a greater number. */
    public static final int API_CHAIN_ORDER = 0;

    @Bean
    RequestIdFilter requestIdFilter() {
        return new RequestIdFilter(() -> ThreadLocalRandom.current().nextLong());
    }

    @Bean
    CrossOriginFilter crossOriginFilter(ObjectProvider<WebSettings> settings) {
        return new CrossOriginFilter(
                settings.getIfAvailable(WebSettings::defaults).allowedOrigins());
    }

    @Bean
    ProblemWriter problemWriter(RequestIdFilter ids, CrossOriginFilter origins) {
        return new ProblemWriter(ids, origins);
    }

    @Bean
    CountStreams countStreams(WatchLikes likes, StreamSettings settings, StreamMonitor monitor) {
        return new CountStreams(
                likes,
                settings,
                monitor,
                System::nanoTime,
                () -> ThreadLocalRandom.current().nextLong());
    }

    /** The importer may know a better way for its container. */
    @Bean
    StreamController streamController(CountStreams streams, ObjectProvider<StreamConnector> connector) {
        return new StreamController(streams, connector.getIfAvailable(ServletConnector::new));
    }

    @Bean
    ProblemFilter problemFilter(ProblemWriter problems) {
        return new ProblemFilter(problems);
    }
}
