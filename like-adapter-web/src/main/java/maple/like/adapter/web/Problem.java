package maple.like.adapter.web;

import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

/**
 * Everything that the API may answer instead of success. The name is the stable {@code code} of the problem document.
 *
 * <p>The {@code type} of every problem is {@code about:blank}, for there are no pages to point to; RFC 9457 then wants
 * the phrase of the status as the title. Clients tell problems apart by the {@code code}.
 */
public enum Problem {
    /** The path does not hold a possible character name. */
    INVALID_CHARACTER_NAME(HttpStatus.BAD_REQUEST, "This cannot be the name of a character."),
    /** The request is malformed in any other way. */
    BAD_REQUEST(HttpStatus.BAD_REQUEST, "The request cannot be understood."),
    /** There is no token, or not a good one. */
    UNAUTHENTICATED(HttpStatus.UNAUTHORIZED, "A bearer token is required."),
    /** The token is good, but does not allow this. */
    FORBIDDEN(HttpStatus.FORBIDDEN, "The token does not allow this."),
    /** The character belongs to the caller. */
    SELF_LIKE_NOT_ALLOWED(HttpStatus.FORBIDDEN, "A character of one's own cannot be liked."),
    /** Nobody plays under that name. */
    CHARACTER_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no character of this name."),
    /** The path leads nowhere. */
    NOT_FOUND(HttpStatus.NOT_FOUND, "There is nothing at this path."),
    /** The path exists, but not for this method; {@code Allow} names the others. */
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "This path does not take this method."),
    /** The caller accepts nothing that could be answered. */
    NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "The answer is JSON, which the request does not accept."),
    /** The body is too large. */
    CONTENT_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The request body is too large."),
    /** The body is of a type that this path does not read. */
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "This path does not read bodies of this type."),
    /** The request line and headers are too large together. */
    REQUEST_HEADERS_TOO_LARGE(HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The request headers are too large."),
    /** A defect; the document carries the {@code requestId} under which it is logged. */
    INTERNAL_ERROR(
            HttpStatus.INTERNAL_SERVER_ERROR, "Something went wrong here. The requestId helps to find out what."),
    /** Nobody can tell right now; {@code Retry-After} says when to ask again. */
    LIKES_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "Likes are unavailable right now."),
    /** The name is not known here, and the game operator does not say right now; {@code Retry-After} says when to ask. */
    CHARACTER_LOOKUP_UNAVAILABLE(
            HttpStatus.SERVICE_UNAVAILABLE, "Whether there is a character of this name cannot be found out right now.");

    private final HttpStatus status;
    private final String detail;

    Problem(HttpStatus status, String detail) {
        this.status = status;
        this.detail = detail;
    }

    /**
     * The problem that says no more than a status does.
     *
     * @param status a status that some other part of the server has chosen
     * @return the closest problem: its own status differs where the API knows none like it
     */
    public static Problem of(HttpStatusCode status) {
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
            case 501, 505 -> BAD_REQUEST; // Methods and protocol versions are the client's choice.
            default -> status.is4xxClientError() ? BAD_REQUEST : INTERNAL_ERROR;
        };
    }

    int status() {
        return status.value();
    }

    String title() {
        return status.getReasonPhrase();
    }

    String detail() {
        return detail;
    }
}
