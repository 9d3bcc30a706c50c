package maple.like.adapter.web;

import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;

/**
 * What every filter chain of the service has in common: bearer tokens, no session, problem documents. The API's own
 * chain uses it, and so can chains for other paths.
 */
public final class TokenSecurity {
    private final AuthenticationManager tokens;
    private final AuthenticationEntryPoint entryPoint;
    private final AccessDeniedHandler accessDenied;

    TokenSecurity(JwtDecoder decoder, AuthenticationEntryPoint entryPoint, AccessDeniedHandler accessDenied) {
        JwtAuthenticationProvider provider = new JwtAuthenticationProvider(decoder);
        provider.setJwtAuthenticationConverter(new LikerConverter());
        this.tokens = provider::authenticate;
        this.entryPoint = entryPoint;
        this.accessDenied = accessDenied;
    }

    /**
     * Sets up everything but which paths the chain is for and who may go where: {@code securityMatcher} and
     * {@code authorizeHttpRequests} are the caller's. Words of the claim {@code scope} are authorities
     * {@code SCOPE_word}.
     *
     * @param http the chain to be
     * @return the same
     */
    public HttpSecurity applyTo(HttpSecurity http) {
        BearerTokenAuthenticationFilter filter = new BearerTokenAuthenticationFilter(tokens, new BearerHeader());
        filter.setAuthenticationEntryPoint(entryPoint);
        filter.setAuthenticationFailureHandler(entryPoint::commence);
        return http.csrf(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .exceptionHandling(
                        errors -> errors.authenticationEntryPoint(entryPoint).accessDeniedHandler(accessDenied))
                .addFilter(filter);
    }
}
