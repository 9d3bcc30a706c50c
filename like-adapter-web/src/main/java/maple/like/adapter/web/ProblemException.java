package maple.like.adapter.web;

import java.io.Serial;
import org.springframework.http.ProblemDetail;

/** Ends a request with a problem. Has no stack trace, because it is an expected outcome. */
final class ProblemException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    final ProblemDetail document;

    ProblemException(ProblemDetail document) {
        super(document.getDetail(), null, false, false);
        this.document = document;
    }
}
