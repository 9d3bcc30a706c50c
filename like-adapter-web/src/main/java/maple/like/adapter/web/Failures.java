package maple.like.adapter.web;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import maple.like.application.CharacterLookupUnavailableException;
import maple.like.application.LikesUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.http.server.PathContainer;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.util.DisconnectedClientHelper;

/** Knows which problem stands behind an exception, and reports those that are defects. */
final class Failures {
    private static final Logger log = LoggerFactory.getLogger(Failures.class);

    private final ProblemWriter problems;

    Failures(ProblemWriter problems) {
        this.problems = problems;
    }

    /**
     * Answers with the problem document that belongs to an exception.
     *
     * @return false if half an answer is already on its way: the exception must then reach the container, which breaks
     *     the connection, so that nobody takes the half for the whole
     */
    boolean answer(Exception failure, HttpServletRequest request, HttpServletResponse response) throws IOException {
        // Only what went wrong with the answer itself: a database that is gone sounds the same further down.
        if (failure instanceof IOException && DisconnectedClientHelper.isClientDisconnectedException(failure)) {
            return true; // Nobody listens any more.
        }
        if (response.isCommitted()) {
            return false;
        }
        if (failure instanceof ProblemException refusal) {
            problems.write(request, response, refusal.problem(), refusal.detail());
            return true;
        }
        Problem problem = problemOf(failure, request);
        switch (problem) {
            case INTERNAL_ERROR -> log.error("Request {} failed", RequestIds.of(request), failure);
            // Quiet, because in an outage every request ends here; the parts that fail speak for themselves.
            default -> log.debug("Request {} is answered {}", RequestIds.of(request), problem, failure);
        }
        if (failure instanceof ErrorResponse known) {
            known.getHeaders().forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        }
        problems.write(request, response, problem);
        return true;
    }

    private static Problem problemOf(Exception failure, HttpServletRequest request) {
        if (failure instanceof ErrorResponse known) {
            return Problem.of(known.getStatusCode());
        }
        if (failure instanceof CharacterLookupUnavailableException) {
            return Problem.CHARACTER_LOOKUP_UNAVAILABLE;
        }
        if (failure instanceof LikesUnavailableException) {
            return Problem.LIKES_UNAVAILABLE;
        }
        if (failure instanceof RequestRejectedException
                || failure instanceof HttpMessageNotReadableException
                || failure instanceof MethodArgumentTypeMismatchException
                || failure instanceof MultipartException) {
            return Problem.BAD_REQUEST;
        }
        if (failure instanceof ServletException && failure.getCause() instanceof Exception cause) {
            return problemOf(cause, request);
        }
        // Where no exception of its own tells a malformed request from a defect, another look at the request does.
        if (failure instanceof IllegalArgumentException && hasMalformedPath(request)) {
            return Problem.BAD_REQUEST;
        }
        if (failure instanceof IllegalArgumentException && hasTypeOfNoBody(request)) {
            return Problem.UNSUPPORTED_MEDIA_TYPE;
        }
        return Problem.INTERNAL_ERROR;
    }

    /** The container decodes no parameters of a path, as in {@code /a;b=%zz}, but Spring does. */
    private static boolean hasMalformedPath(HttpServletRequest request) {
        try {
            PathContainer.parsePath(request.getRequestURI());
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    /** Spring can read a type with a wildcard, but refuses to take it for that of a body. */
    private static boolean hasTypeOfNoBody(HttpServletRequest request) {
        String type = request.getContentType();
        return type != null && type.contains("*");
    }
}
