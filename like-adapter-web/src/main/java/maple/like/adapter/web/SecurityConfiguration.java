package maple.like.adapter.web;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedHandler;

/**
 * Who may call the API. Reading a count needs no token, but a token that is given must be good; everything else under
 * {@code /api} needs one, whether or not the path and the method exist.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
class SecurityConfiguration {
    private static final String COUNT = "/api/v2/characters/*/like/count";

    @Bean
    @Order(WebAdapter.API_CHAIN_ORDER)
    SecurityFilterChain likeApi(HttpSecurity http, TokenSecurity tokens) {
        return tokens.applyTo(http)
                .securityMatcher("/api/**")
                .authorizeHttpRequests(requests -> requests.requestMatchers(HttpMethod.GET, COUNT)
                        .permitAll()
                        .requestMatchers(HttpMethod.HEAD, COUNT)
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .build();
    }

    /** An observation of each security filter costs more than the filter, and nobody asks for one. */
    @Bean
    SecurityObservationSettings securityObservations() {
        return SecurityObservationSettings.noObservations();
    }

    @Bean
    HttpFirewall httpFirewall() {
        return HeaderFirewall.create();
    }

    @Bean
    TokenSecurity tokenSecurity(
            JwtDecoder decoder, AuthenticationEntryPoint problemEntryPoint, AccessDeniedHandler problemAccessDenied) {
        return new TokenSecurity(decoder, problemEntryPoint, problemAccessDenied);
    }

    @Bean
    AuthenticationEntryPoint problemEntryPoint(ProblemWriter problems) {
        return new ProblemEntryPoint(problems, System::nanoTime);
    }

    @Bean
    AccessDeniedHandler problemAccessDenied(ProblemWriter problems) {
        return (request, response, e) -> problems.write(request, response, Problem.FORBIDDEN);
    }

    @Bean
    RequestRejectedHandler problemRequestRejected(ProblemWriter problems) {
        return (request, response, e) -> problems.write(request, response, Problem.BAD_REQUEST);
    }
}
