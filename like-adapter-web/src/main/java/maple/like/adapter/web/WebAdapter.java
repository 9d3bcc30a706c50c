package maple.like.adapter.web;

import java.util.concurrent.ThreadLocalRandom;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.ToggleLike;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/**
 * The whole REST API, to be imported into a Spring MVC application.
 *
 * <p>It needs the beans {@link ToggleLike}, {@link ReadLikes} and {@link JwtDecoder}, and takes {@link WebSettings}
 * where there are any. It secures {@code /api/**} and leaves every other path to the importer, whose own filter chains
 * come after it ({@value #API_CHAIN_ORDER}) and may reuse {@link TokenSecurity} and {@link ProblemWriter}. They decide
 * who sees the document of the API: {@code /openapi.yaml}, {@code /docs}, {@code /docs.js}, {@code /webjars/**}.
 */
@Configuration(proxyBeanMethods = false)
@Import({SecurityConfiguration.class, LikeController.class, DocumentController.class, ProblemAdvice.class})
public class WebAdapter {
    /** The order of the filter chain of {@code /api/**}; chains of the importer take a greater number. */
    public static final int API_CHAIN_ORDER = 0;

    @Bean
    RequestIds requestIds() {
        return new RequestIds(() -> ThreadLocalRandom.current().nextLong());
    }

    @Bean
    ProblemWriter problemWriter(ObjectProvider<WebSettings> settings, RequestIds ids) {
        return new ProblemWriter(settings.getIfAvailable(WebSettings::standard).retryAfter(), ids);
    }

    @Bean
    Failures failures(ProblemWriter problems) {
        return new Failures(problems);
    }

    @Bean
    FailureFilter failureFilter(Failures failures) {
        return new FailureFilter(failures);
    }

    @Bean
    RequestIdFilter requestIdFilter(RequestIds ids) {
        return new RequestIdFilter(ids);
    }
}
