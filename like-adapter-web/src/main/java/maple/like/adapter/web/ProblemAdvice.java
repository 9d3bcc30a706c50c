package maple.like.adapter.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import maple.like.application.LikesUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.util.DisconnectedClientHelper;

/** Turns what a controller, or Spring MVC on its behalf, throws into a problem document. */
@ControllerAdvice
final class ProblemAdvice {
    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

    private final ProblemWriter problems;

    ProblemAdvice(ProblemWriter problems) {
        this.problems = problems;
    }

    @ExceptionHandler
    void refused(ProblemException e, HttpServletRequest request, HttpServletResponse response) throws IOException {
        problems.write(request, response, e.problem(), e.detail());
    }

    /** Quiet, because in an outage every request ends here; the parts that fail speak for themselves. */
    @ExceptionHandler
    void unavailable(LikesUnavailableException e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        log.debug("Likes are unavailable", e);
        problems.write(request, response, Problem.LIKES_UNAVAILABLE);
    }

    @ExceptionHandler({
        RequestRejectedException.class,
        HttpMessageNotReadableException.class,
        MethodArgumentTypeMismatchException.class,
        MultipartException.class
    })
    void malformed(Exception e, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Problem problem = e instanceof ErrorResponse known ? Problem.of(known.getStatusCode()) : Problem.BAD_REQUEST;
        problems.write(request, response, problem);
    }

    @ExceptionHandler
    void anythingElse(Exception e, HttpServletRequest request, HttpServletResponse response) throws Exception {
        if (e instanceof AccessDeniedException || e instanceof AuthenticationException) {
            throw e; // The security filters around the servlet know what to do.
        }
        if (DisconnectedClientHelper.isClientDisconnectedException(e)) {
            return;
        }
        Problem problem = Problem.INTERNAL_ERROR;
        if (e instanceof ErrorResponse known) {
            problem = Problem.of(known.getStatusCode());
            known.getHeaders().forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        }
        if (problem == Problem.INTERNAL_ERROR) {
            log.error("Request {} failed", RequestIdFilter.idOf(request), e);
        }
        problems.write(request, response, problem);
    }
}
