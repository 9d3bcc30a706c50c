package maple.like.adapter.web.nexon;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import maple.like.application.CharacterLookupUnavailableException;
import maple.like.application.port.out.CharacterLookup;
import maple.like.domain.CharacterName;
import maple.like.domain.Ocid;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls {@code GET /maplestory/v1/id?character_name=…} of the <a href="https://openapi.nexon.com/">Nexon Open API</a>.
 * Thread-safe.
 *
 * <p>Nexon answers an unknown name with 400 and the code {@code OPENAPI00004} ("invalid parameter"): the name is the
 * only parameter, so nothing else can be invalid. Any other response without an OCID says nothing about the character.
 *
 * <p>Messages of exceptions hold the status and Nexon's code, and nothing else that was sent or received.
 */
public final class NexonCharacterLookup implements CharacterLookup {
    private static final String PATH = "/maplestory/v1/id?character_name=";
    private static final String NO_SUCH_NAME = "OPENAPI00004";
    private static final Pattern CODE = Pattern.compile("OPENAPI\\d{5}");

    /** A hundred times what Nexon sends. */
    private static final int MAX_BODY_BYTES = 8 * 1024;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final NexonSettings settings;
    private final String url;
    private final Supplier<Map<String, String>> headers;
    private final HttpClient client;

    /**
     * Does not connect yet.
     *
     * @param headers further headers of each request, such as those of its trace; called by the thread that looks up
     */
    public NexonCharacterLookup(NexonSettings settings, Supplier<Map<String, String>> headers) {
        this.settings = settings;
        this.headers = headers;
        this.url = settings.baseUrl().replaceFirst("/+$", "") + PATH;
        this.client = HttpClient.newBuilder()
                .version(Version.HTTP_1_1)
                .followRedirects(Redirect.NEVER) // another host must not receive the key
                .connectTimeout(settings.connectTimeout())
                .build();
    }

    @Override
    public Optional<Ocid> lookUp(CharacterName name) {
        String encoded = URLEncoder.encode(name.value(), StandardCharsets.UTF_8).replace("+", "%20");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + encoded));
        headers.get().forEach(request::setHeader);
        HttpResponse<byte[]> response = send(request.setHeader("x-nxopen-api-key", settings.apiKey())
                .setHeader("Accept", "application/json")
                .GET()
                .build());
        int status = response.statusCode();
        if (status == 200) {
            return Optional.of(ocid(text(response.body(), "ocid")));
        }
        String code = text(response.body(), "error", "name");
        if (status == 400 && code.equals(NO_SUCH_NAME)) {
            return Optional.empty();
        }
        throw new CharacterLookupUnavailableException("Nexon answered " + status
                + (CODE.matcher(code).matches() ? " " + code : ", which is not among its documented errors"));
    }

    /** The client's own timeout ends with the headers; this one ends the body as well. */
    private HttpResponse<byte[]> send(HttpRequest request) {
        CompletableFuture<HttpResponse<byte[]>> response =
                client.sendAsync(request, headers -> new BoundedBody(MAX_BODY_BYTES));
        try {
            return response.get(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            response.cancel(true);
            throw new CharacterLookupUnavailableException(
                    "Nexon did not answer within " + settings.timeout().toMillis() + " ms");
        } catch (InterruptedException e) {
            response.cancel(true);
            Thread.currentThread().interrupt();
            throw new CharacterLookupUnavailableException("The lookup was interrupted");
        } catch (ExecutionException e) {
            throw new CharacterLookupUnavailableException(
                    e.getCause() instanceof BoundedBody.TooLargeException
                            ? "Nexon sent more than " + MAX_BODY_BYTES + " bytes"
                            : "Nexon could not be reached: " + kindOf(e.getCause()));
        }
    }

    /** Leaves out the message, which may quote what was sent. */
    private static String kindOf(@Nullable Throwable failure) {
        return failure == null ? "no reason" : failure.getClass().getSimpleName();
    }

    private static Ocid ocid(String text) {
        try {
            return new Ocid(text);
        } catch (IllegalArgumentException e) {
            throw new CharacterLookupUnavailableException("Nexon answered 200 without an OCID");
        }
    }

    /** A text of a JSON document; empty if it is missing or the body is no JSON. */
    private static String text(byte[] body, String... path) {
        try {
            JsonNode node = JSON.readTree(body);
            for (String field : path) {
                node = node.path(field);
            }
            return node.isString() ? node.asString() : "";
        } catch (RuntimeException notJson) {
            return "";
        }
    }
}
