package maple.like.adapter.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
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
    private static final long WARNING_INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

    private final ProblemWriter problems;
    private final LongSupplier nanoTime;
    private final AtomicLong lastWarning;

    ProblemEntryPoint(ProblemWriter problems, LongSupplier nanoTime) {
        this.problems = problems;
        this.nanoTime = nanoTime;
        this.lastWarning = new AtomicLong(nanoTime.getAsLong() - WARNING_INTERVAL_NANOS);
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException e)
            throws IOException {
        ProblemDetail document = Problem.UNAUTHENTICATED.document();
        if (e instanceof AuthenticationServiceException) {
            warn(e);
            document = Problem.LIKES_UNAVAILABLE.document(
                    "Tokens cannot be verified right now; retry after the given time.");
        } else if (e instanceof OAuth2AuthenticationException) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
            document.setDetail(
                    e instanceof TokenRefusedException ? e.getMessage() : "The bearer token is invalid or expired.");
        }
        problems.write(request, response, document);
    }

    /** Nothing else logs an outage of the issuer; every request would. */
    private void warn(AuthenticationException e) {
        long last = lastWarning.get();
        long now = nanoTime.getAsLong();
        if (now - last >= WARNING_INTERVAL_NANOS && lastWarning.compareAndSet(last, now)) {
            LOG.warn(
                    "Tokens cannot be verified, answering 503 until the issuer's keys are available: {}",
                    e.getMessage());
        }
    }
}
