package maple.like.adapter.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes problem documents (RFC 9457), so that they are the same whichever layer refuses a request. Safe for use by
 * any number of threads.
 *
 * <p>The {@code instance} is the path of the request without its query; it is left out where the path is no URI.
 */
public final class ProblemWriter {
    /** Not the application's mapper: its settings must not change what clients rely on. */
    private static final JsonMapper JSON = JsonMapper.shared();

    private final String retryAfter;
    private final RequestIds ids;

    ProblemWriter(Duration retryAfter, RequestIds ids) {
        this.retryAfter = Long.toString(retryAfter.toSeconds());
        this.ids = ids;
    }

    /**
     * Answers with a problem, unless an answer is already on its way.
     *
     * @param request the request that cannot be served
     * @param response takes the document and the headers that belong to the problem
     * @param problem what is wrong
     * @throws IOException if the client cannot be reached
     */
    public void write(HttpServletRequest request, HttpServletResponse response, Problem problem) throws IOException {
        write(request, response, problem, problem.detail());
    }

    /**
     * Answers with a problem, unless an answer is already on its way.
     *
     * @param request the request that cannot be served
     * @param response takes the document and the headers that belong to the problem
     * @param problem what is wrong
     * @param detail what is wrong with this very request, for people to read; holds nothing secret
     * @throws IOException if the client cannot be reached
     */
    public void write(HttpServletRequest request, HttpServletResponse response, Problem problem, String detail)
            throws IOException {
        if (response.isCommitted()) {
            return;
        }
        byte[] body = JSON.writeValueAsBytes(document(request, problem, detail));
        response.resetBuffer();
        response.setStatus(problem.status());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setContentLength(body.length);
        setDefault(response, HttpHeaders.CACHE_CONTROL, "no-store");
        switch (problem) {
            case UNAUTHENTICATED -> setDefault(response, HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            case LIKES_UNAVAILABLE, CHARACTER_LOOKUP_UNAVAILABLE ->
                setDefault(response, HttpHeaders.RETRY_AFTER, retryAfter);
            default -> {}
        }
        response.getOutputStream().write(body);
    }

    /**
     * Answers the dispatch to an error page, which is how the container reports what no other layer has answered.
     *
     * @param request the request, dispatched anew with the attributes of {@link RequestDispatcher}; without them
     *     somebody has called the error page itself, which clients see as not there
     * @param response takes the document
     * @throws IOException if the client cannot be reached
     */
    public void writeError(HttpServletRequest request, HttpServletResponse response) throws IOException {
        write(
                request,
                response,
                request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer status
                        ? Problem.of(HttpStatusCode.valueOf(status))
                        : Problem.NOT_FOUND);
    }

    /**
     * Answers what the container refuses by itself, often before any filter has seen it, so that the request may have no
     * id yet.
     *
     * @param request the request, as far as the container understood it
     * @param response has the status; takes the document
     * @throws IOException if the client cannot be reached
     */
    public void writeRefusal(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ids.give(request, response);
        write(request, response, Problem.of(HttpStatusCode.valueOf(response.getStatus())));
    }

    private static Map<String, Object> document(HttpServletRequest request, Problem problem, String detail) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", "about:blank");
        document.put("title", problem.title());
        document.put("status", problem.status());
        document.put("detail", detail);
        String instance = path(request);
        if (isUriPath(instance)) {
            document.put("instance", instance);
        }
        document.put("code", problem.name());
        String requestId = RequestIds.of(request);
        if (problem == Problem.INTERNAL_ERROR && requestId != null) {
            document.put("requestId", requestId);
        }
        return document;
    }

    private static @Nullable String path(HttpServletRequest request) {
        return request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String original
                ? original
                : request.getRequestURI();
    }

    /** Two slashes in front would make another host of what follows. */
    private static boolean isUriPath(@Nullable String path) {
        if (path == null || !path.startsWith("/") || path.startsWith("//")) {
            return false;
        }
        try {
            return path.equals(new URI(path).getRawPath());
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static void setDefault(HttpServletResponse response, String header, String value) {
        if (!response.containsHeader(header)) {
            response.setHeader(header, value);
        }
    }
}
