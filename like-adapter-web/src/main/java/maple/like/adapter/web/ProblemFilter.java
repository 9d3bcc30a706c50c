package maple.like.adapter.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import maple.like.application.CharacterLookupUnavailableException;
import maple.like.application.ErasureUnderWayException;
import maple.like.application.InvalidCursorException;
import maple.like.application.LikesUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.http.server.PathContainer;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Answers exceptions with problems: as advice those of controllers and Spring MVC, as a filter those of other filters.
 * Runs after {@link RequestIdFilter}, so that the log has the id, and inside the filter that observes requests, so that
 * metrics have the status that clients see.
 */
@ControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
final class ProblemFilter extends OncePerRequestFilter {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemFilter.class);

    private final ProblemWriter problems;

    ProblemFilter(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            chain.doFilter(request, response);
        } catch (ServletException | IOException | RuntimeException e) {
            Exception failure = e instanceof ServletException && e.getCause() instanceof Exception cause ? cause : e;
            if (!answer(failure, request, response)) {
                throw e;
            }
        }
    }

    @ExceptionHandler
    void handle(Exception e, HttpServletRequest request, HttpServletResponse response) throws Exception {
        boolean leftToSecurity = e instanceof AccessDeniedException || e instanceof AuthenticationException;
        if (leftToSecurity || !answer(e, request, response)) {
            throw e;
        }
    }

    /** Returns false after a part of a response was sent; the container then breaks the connection. */
    private boolean answer(Exception e, HttpServletRequest request, HttpServletResponse response) throws IOException {
        // Only a failure of this very connection: a lost connection to the database has the same message as a cause.
        if (e instanceof IOException && DisconnectedClientHelper.isClientDisconnectedException(e)) {
            return true;
        }
        if (response.isCommitted()) {
            return false;
        }
        if (e instanceof ErrorResponse known) {
            known.getHeaders().forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
            addHead(response);
        }
        ProblemDetail document = e instanceof ProblemException expected
                ? expected.document
                : problemOf(e, request).document();
        if (document.getStatus() == Problem.INTERNAL_ERROR.status.value()) {
            LOG.error("Request {} failed", RequestIdFilter.idOf(request), e);
        }
        problems.write(request, response, document);
        return true;
    }

    /** Spring answers HEAD wherever it answers GET, but does not say so. */
    private static void addHead(HttpServletResponse response) {
        String allowed = response.getHeader(HttpHeaders.ALLOW);
        if (allowed != null && allowed.contains("GET")) {
            response.setHeader(HttpHeaders.ALLOW, allowed.replace("GET", "GET, HEAD"));
        }
    }

    private static Problem problemOf(Exception e, HttpServletRequest request) {
        if (e instanceof ErrorResponse known) {
            return Problem.of(known.getStatusCode());
        }
        if (e instanceof InvalidCursorException) {
            return Problem.INVALID_REQUEST;
        }
        if (e instanceof CharacterLookupUnavailableException) {
            return Problem.CHARACTER_LOOKUP_UNAVAILABLE;
        }
        if (e instanceof ErasureUnderWayException) {
            return Problem.ERASURE_UNDER_WAY;
        }
        if (e instanceof LikesUnavailableException) {
            return Problem.LIKES_UNAVAILABLE;
        }
        // Spring throws this for some malformed requests, but so does a defect.
        boolean ambiguous = e instanceof IllegalArgumentException;
        if (ambiguous && hasWildcardType(request)) {
            return Problem.UNSUPPORTED_MEDIA_TYPE;
        }
        boolean malformed = e instanceof RequestRejectedException
                || e instanceof HttpMessageNotReadableException
                || e instanceof TypeMismatchException
                || e instanceof MultipartException
                || (ambiguous && hasMalformedPath(request));
        return malformed ? Problem.BAD_REQUEST : Problem.INTERNAL_ERROR;
    }

    private static boolean hasWildcardType(HttpServletRequest request) {
        String type = request.getContentType();
        return type != null && type.contains("*");
    }

    /** The container does not decode the parameters of a path, as in {@code /a;b=%zz}, but Spring does. */
    private static boolean hasMalformedPath(HttpServletRequest request) {
        try {
            PathContainer.parsePath(request.getRequestURI());
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }
}
