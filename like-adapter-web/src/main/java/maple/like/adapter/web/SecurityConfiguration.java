package maple.like.adapter.web;

import io.github.bucket4j.TimeMeter;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/**
 * Decides who may call the API. Reading counts and the ranking needs no token, but a token that is sent must be valid; everything else
 * under {@code /api} needs one, whether or not the path and the method exist.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
class SecurityConfiguration {
    private static final String[] PUBLIC = {
        "/api/v2/characters/*/like/count",
        "/api/v2/characters/likes",
        "/api/v2/characters/likes/stream",
        "/api/v2/characters/ranking",
        "/api/v2/characters/*/likers" // decides for itself
    };

    @Bean
    @Order(WebAdapter.API_CHAIN_ORDER)
    SecurityFilterChain likeApi(
            HttpSecurity http,
            ObjectProvider<WebSettings> settings,
            ProblemWriter problems,
            ObjectProvider<WebMonitor> monitor) {
        WebSettings used = settings.getIfAvailable(WebSettings::defaults);
        LimitFilter limits = new LimitFilter(
                limit("changes", used.changesPerMinute()),
                limit("reads", used.readsPerMinute()),
                problems,
                monitor.getIfAvailable(() -> WebMonitor.NONE));
        return http.securityMatcher("/api/**")
                // Nothing asks for what these filters provide, and each wraps or looks up something for every request.
                .anonymous(AbstractHttpConfigurer::disable)
                .servletApi(AbstractHttpConfigurer::disable)
                .sessionManagement(AbstractHttpConfigurer::disable)
                .securityContext(
                        context -> context.securityContextRepository(new RequestAttributeSecurityContextRepository()))
                .addFilterAfter(limits, BearerTokenAuthenticationFilter.class)
                .authorizeHttpRequests(requests -> requests.requestMatchers(HttpMethod.GET, PUBLIC)
                        .permitAll()
                        .requestMatchers(HttpMethod.HEAD, PUBLIC)
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .build();
    }

    private static @Nullable CallerLimit limit(String name, int perMinute) {
        return perMinute == 0 ? null : new CallerLimit(name, perMinute, TimeMeter.SYSTEM_NANOTIME);
    }

    /** Spring Security applies it to each {@code HttpSecurity}, also to those of the importer. */
    @Bean
    Customizer<HttpSecurity> bearerTokens(
            JwtDecoder decoder,
            AuthenticationEntryPoint problemEntryPoint,
            ProblemWriter problems,
            ObjectProvider<WebSettings> settings) {
        CallerAuthentication callers = new CallerAuthentication(
                decoder,
                new LikerConverter(
                        settings.getIfAvailable(WebSettings::defaults).claims()));
        return http -> {
            var filter = new BearerTokenAuthenticationFilter(callers, new BearerHeader());
            filter.setAuthenticationEntryPoint(problemEntryPoint);
            filter.setAuthenticationFailureHandler(problemEntryPoint::commence);
            http.addFilter(filter)
                    .csrf(AbstractHttpConfigurer::disable)
                    .logout(AbstractHttpConfigurer::disable)
                    .requestCache(AbstractHttpConfigurer::disable)
                    .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                    .exceptionHandling(errors -> errors.authenticationEntryPoint(problemEntryPoint)
                            .accessDeniedHandler((request, response, e) ->
                                    problems.write(request, response, Problem.FORBIDDEN.document())));
        };
    }

    @Bean
    AuthenticationEntryPoint problemEntryPoint(ProblemWriter problems, ObjectProvider<WebMonitor> monitor) {
        return new ProblemEntryPoint(problems, monitor.getIfAvailable(() -> WebMonitor.NONE), System::nanoTime);
    }

    @Bean
    RequestRejectedHandler problemRequestRejected(ProblemWriter problems) {
        return (request, response, e) -> problems.write(request, response, Problem.BAD_REQUEST.document());
    }

    /**
     * Accepts the header values that Spring Security's own firewall accepts, without a regular expression, and encoded line
     * breaks in a path, which are trimmed around a name and refused within one. Patterns of paths treat them as any character.
     */
    @Bean
    HttpFirewall httpFirewall() {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setAllowUrlEncodedLineFeed(true);
        firewall.setAllowUrlEncodedCarriageReturn(true);
        firewall.setAllowUrlEncodedLineSeparator(true);
        firewall.setAllowUrlEncodedParagraphSeparator(true);
        firewall.setAllowedHeaderValues(SecurityConfiguration::isText);
        return firewall;
    }

    private static boolean isText(String value) {
        int next;
        for (int i = 0; i < value.length(); i = next) {
            int c = value.codePointAt(i);
            next = i + Character.charCount(c);
            if (Character.isISOControl(c) ? c != '\t' : !Character.isDefined(c)) {
                return false;
            }
        }
        return true;
    }

    /** An observation of each security filter costs more than the filter. */
    @Bean
    SecurityObservationSettings securityObservations() {
        return SecurityObservationSettings.noObservations();
    }
}
