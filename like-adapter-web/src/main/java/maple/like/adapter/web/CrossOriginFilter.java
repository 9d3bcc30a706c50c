package maple.like.adapter.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.cors.DefaultCorsProcessor;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets pages of other origins call the service (CORS). Answers their preflights, which carry no token, and lets them read
 * every answer, also problems of any layer. A request of another origin is served without these headers, because behind
 * a proxy the service cannot tell it from one of its own.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 3)
final class CrossOriginFilter extends OncePerRequestFilter {
    private static final Duration PREFLIGHT_TTL = Duration.ofHours(1);
    private static final List<String> EXPOSED = List.of(
            "X-Request-Id",
            HttpHeaders.RETRY_AFTER,
            HttpHeaders.WWW_AUTHENTICATE,
            HttpHeaders.ALLOW,
            CallerLimit.POLICY_HEADER,
            CallerLimit.HEADER);

    private final CorsConfiguration configuration = new CorsConfiguration();
    private final Preflights preflights = new Preflights();
    private final boolean isOff;

    /** @param origins such as {@code https://page.example}; empty for none, {@code *} for all */
    CrossOriginFilter(List<String> origins) {
        configuration.setAllowedOrigins(origins);
        configuration.setAllowedMethods(List.of("GET", "HEAD", "POST", "PUT", "DELETE"));
        configuration.setAllowedHeaders(List.of(CorsConfiguration.ALL));
        configuration.setExposedHeaders(EXPOSED);
        configuration.setMaxAge(PREFLIGHT_TTL);
        this.isOff = origins.isEmpty();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (isOff) {
            chain.doFilter(request, response);
        } else if (CorsUtils.isPreFlightRequest(request)) {
            if (!preflights.processRequest(configuration, request, response)) {
                throw new ProblemException(
                        Problem.FORBIDDEN.document(
                                "Pages of this origin may not send such a request; like.web.allowed-origins lists those that may."));
            }
        } else {
            expose(request, response);
            chain.doFilter(request, response);
        }
    }

    /** Lets the page that sent a request read the response. Idempotent. */
    void expose(HttpServletRequest request, HttpServletResponse response) {
        if (isOff) {
            return;
        }
        if (!response.getHeaders(HttpHeaders.VARY).contains(HttpHeaders.ORIGIN)) {
            response.addHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        }
        String allowed = configuration.checkOrigin(request.getHeader(HttpHeaders.ORIGIN));
        if (allowed != null) {
            response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
            response.setHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, String.join(", ", EXPOSED));
        }
    }

    /** Leaves the answer to a rejected preflight to the filter. */
    private static final class Preflights extends DefaultCorsProcessor {
        @Override
        protected void rejectRequest(ServerHttpResponse response) {}
    }
}
