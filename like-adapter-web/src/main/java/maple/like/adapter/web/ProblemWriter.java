package maple.like.adapter.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.json.ProblemDetailJacksonMixin;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes problem documents (RFC 9457), so that they look the same whichever layer rejects a request: a controller, a
 * filter or the container. Thread-safe.
 */
public final class ProblemWriter {
    /** Independent of the application's mapper, whose settings must not change what clients rely on. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .addMixIn(ProblemDetail.class, ProblemDetailJacksonMixin.class)
            .build();

    private static final String RETRY_AFTER_SECONDS = "3";

    private final RequestIdFilter ids;
    private final CrossOriginFilter origins;

    ProblemWriter(RequestIdFilter ids, CrossOriginFilter origins) {
        this.ids = ids;
        this.origins = origins;
    }

    /**
     * Writes the problem closest to the status of the response, unless it is committed. Gives the request an id and lets
     * pages read the answer, because a container may reject it before the filters that do.
     *
     * @throws IOException if the client cannot be reached
     */
    public void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ids.identify(request, response);
        origins.expose(request, response);
        write(
                request,
                response,
                Problem.of(HttpStatusCode.valueOf(response.getStatus())).document());
    }

    /** Replaces whatever the response holds, unless it is committed. */
    void write(HttpServletRequest request, HttpServletResponse response, ProblemDetail document) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        document.setInstance(path(request));
        String requestId = RequestIdFilter.idOf(request);
        if (requestId != null && document.getStatus() == Problem.INTERNAL_ERROR.status.value()) {
            document.setProperty("requestId", requestId);
        }
        byte[] body = JSON.writeValueAsBytes(document);
        response.resetBuffer();
        response.setStatus(document.getStatus());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setContentLength(body.length);
        setDefault(response, HttpHeaders.CACHE_CONTROL, "no-store");
        if (document.getStatus() == HttpServletResponse.SC_UNAUTHORIZED) {
            setDefault(response, HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        } else if (document.getStatus() == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
            setDefault(response, HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        response.getOutputStream().write(body);
    }

    /** The path without its query, or {@code null} if it is no URI; a second leading slash would make it a host. */
    private static @Nullable URI path(HttpServletRequest request) {
        String path = request.getRequestURI();
        if (path == null || !path.startsWith("/")) {
            return null;
        }
        try {
            URI uri = new URI(path);
            return path.equals(uri.getRawPath()) ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static void setDefault(HttpServletResponse response, String header, String value) {
        if (!response.containsHeader(header)) {
            response.setHeader(header, value);
        }
    }
}
