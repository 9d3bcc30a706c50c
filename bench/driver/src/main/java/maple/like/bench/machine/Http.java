package maple.like.bench.machine;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Calls a server. */
public final class Http {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int OK = 200;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();

    /** Whether a server is ready. */
    public boolean isReady(int port) {
        try {
            return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"))
                                    .GET())
                            .statusCode()
                    == OK;
        } catch (IOException notYet) {
            return false;
        }
    }

    /**
     * Sends a request with a token and without a body.
     *
     * @throws BenchException unless the response is 200
     */
    public String send(LikeServer server, String method, String path, String token) {
        try {
            HttpResponse<String> response = send(HttpRequest.newBuilder(URI.create(server.url() + path))
                    .header("Authorization", "Bearer " + token)
                    .method(method, HttpRequest.BodyPublishers.noBody()));
            if (response.statusCode() != OK) {
                throw server.program().failed("replied " + response.statusCode() + " " + response.body());
            }
            return response.body();
        } catch (IOException e) {
            throw server.program().failed("did not reply (" + e + ")");
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return client.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw Program.interrupted(e);
        }
    }
}
