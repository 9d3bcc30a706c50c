package maple.like.adapter.web;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves streams of counts as server-sent events. */
@RestController
final class StreamController {
    private final CountStreams streams;
    private final StreamConnector connector;

    StreamController(CountStreams streams, StreamConnector connector) {
        this.streams = streams;
        this.connector = connector;
    }

    @GetMapping(path = "/api/v2/characters/likes/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void stream(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
        CountStream stream = streams.open(Parameters.names(request));
        try {
            response.setStatus(HttpServletResponse.SC_OK);
            response.setContentType("text/event-stream;charset=UTF-8");
            response.setHeader("Cache-Control", "no-store");
            response.setHeader("X-Accel-Buffering", "no"); // nginx would wait for the end
            if (request.getMethod().equals("HEAD")) {
                stream.onDisconnect();
            } else {
                connector.connect(request, response, stream);
            }
        } catch (IOException | ServletException | RuntimeException e) {
            stream.onDisconnect();
            throw e;
        }
    }
}
