package maple.like.adapter.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;

/**
 * Answers unauthenticated requests. Gives the reason only where it cannot help to forge a token. Answers 503 if the
 * token could not be verified, as in an outage of the issuer, because the caller is not at fault.
 */
final class ProblemEntryPoint implements AuthenticationEntryPoint {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemEntryPoint.class);
    private static final long LOG_INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();

    private final ProblemWriter problems;
    private final WebMonitor monitor;
    private final LongSupplier nanoTime;
    private final Map<TokenRefusal, AtomicLong> lastLogged = new EnumMap<>(TokenRefusal.class);

    ProblemEntryPoint(ProblemWriter problems, WebMonitor monitor, LongSupplier nanoTime) {
        this.problems = problems;
        this.monitor = monitor;
        this.nanoTime = nanoTime;
        for (TokenRefusal reason : TokenRefusal.values()) {
            lastLogged.put(reason, new AtomicLong(nanoTime.getAsLong() - LOG_INTERVAL_NANOS));
        }
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException e)
            throws IOException {
        ProblemDetail document = Problem.UNAUTHENTICATED.document();
        if (e instanceof AuthenticationServiceException) {
            document = Problem.LIKES_UNAVAILABLE.document(
                    "Tokens cannot be verified right now; retry after the given time.");
        } else if (e instanceof OAuth2AuthenticationException) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
            document.setDetail("The bearer token is invalid or expired.");
            if (e instanceof TokenRefusedException refused) {
                report(refused);
                if (refused.reason == TokenRefusal.CLAIMS) {
                    document.setDetail(refused.getMessage());
                }
            }
        }
        problems.write(request, response, document);
    }

    /** Any client can send bad tokens, so each reason has one line in a minute. */
    private void report(TokenRefusedException refused) {
        monitor.tokenRefused(refused.reason);
        AtomicLong logged = Objects.requireNonNull(lastLogged.get(refused.reason));
        long last = logged.get();
        long now = nanoTime.getAsLong();
        if (now - last >= LOG_INTERVAL_NANOS && logged.compareAndSet(last, now)) {
            LOG.info(
                    "A token was refused: {} Others refused within a minute are only counted; reason={}",
                    refused.getMessage(),
                    refused.reason.label());
        }
    }
}
