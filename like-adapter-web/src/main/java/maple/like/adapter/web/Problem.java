package maple.like.adapter.web;

import java.net.URI;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;

/**
 * The catalogue of errors. The name is the stable {@code code} of the problem document, by which clients tell problems
 * apart; the {@code type} is always {@code about:blank}, for which RFC 9457 asks for the status phrase as the title.
 */
enum Problem {
    INVALID_CHARACTER_NAME(HttpStatus.BAD_REQUEST, "This is not a valid character name."),
    INVALID_REQUEST(
            HttpStatus.BAD_REQUEST, "A parameter of the request is invalid, or its cursor is from another list."),
    BAD_REQUEST(HttpStatus.BAD_REQUEST, "The request is malformed."),
    UNAUTHENTICATED(HttpStatus.UNAUTHORIZED, "A bearer token is required."),
    FORBIDDEN(HttpStatus.FORBIDDEN, "The token does not permit this request."),
    SELF_LIKE_NOT_ALLOWED(HttpStatus.FORBIDDEN, "You cannot like your own character."),
    CHARACTER_NOT_FOUND(HttpStatus.NOT_FOUND, "No character has this name."),
    NOT_FOUND(HttpStatus.NOT_FOUND, "No resource exists at this path."),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "This path does not support the request method."),
    NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "The response is JSON, which the Accept header excludes."),
    CONTENT_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The request body is too large."),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "This path does not accept a body of this type."),
    IDEMPOTENCY_KEY_REUSED(
            HttpStatus.UNPROCESSABLE_CONTENT, "The idempotency key was used for another character; send a new one."),
    TOO_MANY_CHANGES(HttpStatus.TOO_MANY_REQUESTS, "Too many changes of this account; retry after the given time."),
    TOO_MANY_READS(HttpStatus.TOO_MANY_REQUESTS, "Too many reads of this account; retry after the given time."),
    REQUEST_HEADERS_TOO_LARGE(HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The request headers are too large."),
    INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR, "The request failed. Quote the requestId when you report this."),
    LIKES_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "Likes are temporarily unavailable; retry after the given time."),
    ERASURE_UNDER_WAY(
            HttpStatus.SERVICE_UNAVAILABLE,
            "The erasure was requested and goes on. Repeat the request to learn whether it is complete."),
    CHARACTER_LOOKUP_UNAVAILABLE(
            HttpStatus.SERVICE_UNAVAILABLE, "Character lookup is temporarily unavailable; retry after the given time.");

    private static final URI NO_TYPE = URI.create("about:blank");

    final HttpStatus status;
    final String detail;

    Problem(HttpStatus status, String detail) {
        this.status = status;
        this.detail = detail;
    }

    /** The closest problem to a status that another layer has chosen; its own status may differ. */
    static Problem of(HttpStatusCode status) {
        return switch (status.value()) {
            case 401 -> UNAUTHENTICATED;
            case 403 -> FORBIDDEN;
            case 404 -> NOT_FOUND;
            case 405 -> METHOD_NOT_ALLOWED;
            case 406 -> NOT_ACCEPTABLE;
            case 413 -> CONTENT_TOO_LARGE;
            case 415 -> UNSUPPORTED_MEDIA_TYPE;
            case 431 -> REQUEST_HEADERS_TOO_LARGE;
            case 503 -> LIKES_UNAVAILABLE;
            case 501, 505 -> BAD_REQUEST; // The client chooses the method and the protocol version.
            default -> status.is4xxClientError() ? BAD_REQUEST : INTERNAL_ERROR;
        };
    }

    ProblemDetail document() {
        return document(detail);
    }

    /** Takes a detail about this very request, for people to read; it must hold nothing secret. */
    ProblemDetail document(String particular) {
        ProblemDetail document = ProblemDetail.forStatusAndDetail(status, particular);
        document.setType(NO_TYPE);
        document.setProperty("code", name());
        return document;
    }
}
