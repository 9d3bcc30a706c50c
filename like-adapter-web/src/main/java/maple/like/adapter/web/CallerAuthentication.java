package maple.like.adapter.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/**
 * Authenticates the caller of a request by its token. The decoder checks the token each time. What it returns again, because
 * it caches verified tokens, is read once. Thread-safe.
 */
final class CallerAuthentication implements AuthenticationManager {
    private final JwtDecoder decoder;
    private final LikerConverter converter;

    /** By identity, and for as long as the decoder keeps the token. */
    private final Cache<Jwt, LikerAuthentication> read =
            Caffeine.newBuilder().weakKeys().build();

    CallerAuthentication(JwtDecoder decoder, LikerConverter converter) {
        this.decoder = decoder;
        this.converter = converter;
    }

    @Override
    public LikerAuthentication authenticate(Authentication bearer) {
        Jwt token = decode(((BearerTokenAuthenticationToken) bearer).getToken());
        LikerAuthentication known = read.getIfPresent(token);
        if (known != null) {
            return known;
        }
        LikerAuthentication caller = converter.convert(token);
        read.put(token, caller);
        return caller;
    }

    private Jwt decode(String token) {
        try {
            return decoder.decode(token);
        } catch (BadJwtException e) {
            throw new InvalidBearerTokenException(String.valueOf(e.getMessage()), e);
        } catch (JwtException e) {
            throw new AuthenticationServiceException(e.getMessage(), e);
        }
    }
}
