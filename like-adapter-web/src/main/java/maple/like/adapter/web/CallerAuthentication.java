package maple.like.adapter.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
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
    private static final Logger LOG = LoggerFactory.getLogger(CallerAuthentication.class);

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
        String token = ((BearerTokenAuthenticationToken) bearer).getToken();
        try {
            return read(decoder.decode(token));
        } catch (BadJwtException e) {
            throw new InvalidBearerTokenException(String.valueOf(e.getMessage()), e);
        } catch (JwtException e) {
            throw new AuthenticationServiceException(e.getMessage(), e);
        } catch (AuthenticationException e) {
            throw e;
        } catch (RuntimeException e) { // a defect that this token meets; keys that are unavailable are a JwtException
            LOG.debug("A token cannot be read", e);
            throw new TokenRefusedException(
                    TokenRefusal.MALFORMED, "It cannot be read (" + e.getClass().getSimpleName() + ").");
        }
    }

    private LikerAuthentication read(Jwt token) {
        LikerAuthentication known = read.getIfPresent(token);
        if (known != null) {
            return known;
        }
        LikerAuthentication caller = converter.convert(token);
        read.put(token, caller);
        return caller;
    }
}
