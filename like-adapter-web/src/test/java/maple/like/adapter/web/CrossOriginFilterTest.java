package maple.like.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class CrossOriginFilterTest {
    private static final String PAGE = "https://page.example";

    final MockHttpServletRequest request = new MockHttpServletRequest("POST", "/api/x");
    final MockHttpServletResponse response = new MockHttpServletResponse();
    final MockFilterChain chain = new MockFilterChain();

    void send(String origin, String... allowed) throws Exception {
        request.addHeader("Origin", origin);
        new CrossOriginFilter(List.of(allowed)).doFilter(request, response, chain);
    }

    void preflight(String method) {
        request.setMethod("OPTIONS");
        request.addHeader("Access-Control-Request-Method", method);
        request.addHeader("Access-Control-Request-Headers", "authorization, idempotency-key");
    }

    @ParameterizedTest
    @CsvSource({"POST", "PUT", "DELETE", "GET"})
    void preflightOfAnAllowedOriginIsAnsweredWithoutTheRest(String method) throws Exception {
        preflight(method);
        send(PAGE, "https://other.example", PAGE);
        assertThat(chain.getRequest()).isNull();
        assertThat(response.getStatus()).isEqualTo(200);
        assertThat(response.getHeader("Access-Control-Allow-Origin")).isEqualTo(PAGE);
        assertThat(response.getHeader("Access-Control-Allow-Methods")).contains(method);
        assertThat(response.getHeader("Access-Control-Allow-Headers")).contains("authorization", "idempotency-key");
        assertThat(response.getHeader("Access-Control-Max-Age")).isEqualTo("3600");
        assertThat(response.getHeaders("Vary")).contains("Origin");
    }

    @ParameterizedTest
    @CsvSource({
        "https://evil.example,POST",
        "http://page.example,POST",
        "null,POST",
        "%%%,POST",
        "https://page.example,PATCH"
    })
    void anotherPreflightIsForbidden(String origin, String method) {
        preflight(method);
        assertThatThrownBy(() -> send(origin, PAGE))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.document.getStatus()).isEqualTo(403));
        assertThat(chain.getRequest()).isNull();
        assertThat(response.getHeader("Access-Control-Allow-Origin")).isNull();
    }

    @Test
    void answerToAnAllowedOriginCanBeRead() throws Exception {
        send(PAGE, PAGE);
        assertThat(chain.getRequest()).isNotNull();
        assertThat(response.getHeader("Access-Control-Allow-Origin")).isEqualTo(PAGE);
        assertThat(response.getHeader("Access-Control-Expose-Headers"))
                .contains("X-Request-Id", "Retry-After", "RateLimit");
        assertThat(response.getHeader("Access-Control-Allow-Credentials")).isNull();
        assertThat(response.getHeaders("Vary")).containsOnlyOnce("Origin");
    }

    /** Behind a proxy that ends TLS, the service's own origin looks like another one. */
    @Test
    void anotherOriginIsServedWithoutTheHeaders() throws Exception {
        send("https://likes.example", PAGE);
        assertThat(chain.getRequest()).isNotNull();
        assertThat(response.getHeader("Access-Control-Allow-Origin")).isNull();
        assertThat(response.getHeaders("Vary")).contains("Origin");
    }

    @Test
    void allOriginsHaveToBeSaid() throws Exception {
        send(PAGE, "*");
        assertThat(response.getHeader("Access-Control-Allow-Origin")).isEqualTo("*");
    }

    @Test
    void nothingHappensWithoutOrigins() throws Exception {
        preflight("POST");
        send(PAGE);
        assertThat(chain.getRequest()).isNotNull();
        assertThat(response.getHeaderNames()).isEmpty();
    }
}
