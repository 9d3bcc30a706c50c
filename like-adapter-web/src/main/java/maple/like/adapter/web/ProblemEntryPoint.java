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
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;

/**
 * Answers whoever has not proved who they are. Says why a token is refused only where the reason cannot help to forge
 * one. A token that could not be checked at all is no fault of the caller's and not answered as one.
 */
final class ProblemEntryPoint implements AuthenticationEntryPoint {
    private static final Logger log = LoggerFactory.getLogger(ProblemEntryPoint.class);
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
        if (e instanceof AuthenticationServiceException) {
            warnNowAndThen(e);
            problems.write(request, response, Problem.LIKES_UNAVAILABLE, "Tokens cannot be checked right now.");
        } else if (e instanceof TokenRefusedException) {
            refuse(request, response, String.valueOf(e.getMessage()));
        } else if (e instanceof OAuth2AuthenticationException) {
            refuse(request, response, "The bearer token is not valid, or not valid now.");
        } else {
            problems.write(request, response, Problem.UNAUTHENTICATED);
        }
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response, String detail) throws IOException {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
        problems.write(request, response, Problem.UNAUTHENTICATED, detail);
    }

    /** Nobody else reports that the issuer's keys are out of reach, but every request would. */
    private void warnNowAndThen(AuthenticationException e) {
        long last = lastWarning.get();
        long now = nanoTime.getAsLong();
        if (now - last >= WARNING_INTERVAL_NANOS && lastWarning.compareAndSet(last, now)) {
            log.warn("Tokens cannot be checked, requests are answered 503: {}", e.getMessage());
        }
    }
}
