package maple.like.adapter.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;

class DocumentControllerTest {
    final DocumentController documents = new DocumentController();
    final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/openapi.yaml");

    /** A client resolves the server against the address of the document (OpenAPI 3.1, section 4.8.5). */
    @ParameterizedTest
    @CsvSource({
        "'', , .",
        "/game, , /game",
        "'', /likes, /likes",
        "'', /likes/, /likes",
        "/game, '/outer, /likes', /outer/likes/game",
        "'', /, .",
        "'', 'https://evil.example', .",
        "'', //evil.example, .",
        "'', '/a\"b', .",
        "'', '/../x', ."
    })
    void serverIsWhereTheDocumentIs(String contextPath, String prefix, String server) throws Exception {
        request.setContextPath(contextPath);
        if (prefix != null) {
            request.addHeader("X-Forwarded-Prefix", prefix);
        }
        assertThat(new String(documents.document(request).getBody(), UTF_8))
                .contains("servers:\n  - url: " + server + "\n");
    }
}
