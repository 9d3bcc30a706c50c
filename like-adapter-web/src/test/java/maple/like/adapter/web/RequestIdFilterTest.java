package maple.like.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class RequestIdFilterTest {
    private static final String RANDOM = "0000000000000abc";
    private static final String LONGEST = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    final AtomicLong source = new AtomicLong(0xabc);
    final RequestIdFilter filter = new RequestIdFilter(source::getAndIncrement);
    final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
    final MockHttpServletResponse response = new MockHttpServletResponse();
    final List<Map<String, String>> seen = new ArrayList<>();

    void passesWithId(String id) throws Exception {
        filter.doFilter(request, response, (req, res) -> seen.add(MDC.getCopyOfContextMap()));
        assertThat(response.getHeader("X-Request-Id")).isEqualTo(id);
        assertThat(seen).allMatch(Map.of("requestId", id)::equals);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "A-b_c.d", "7d444840-9dc0-11d1-b245-5ffdce74fad2", LONGEST})
    void idOfTheCallerIsKept(String id) throws Exception {
        request.addHeader("X-Request-Id", id);
        passesWithId(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\n", "a\r\nX: b", "단풍", "a/b", "${jndi:x}", "a\0", "é", "[", LONGEST + "x"})
    void harmfulIdIsReplaced(String id) throws Exception {
        request.addHeader("X-Request-Id", id);
        passesWithId(RANDOM);
    }

    @Test
    void requestKeepsItsId() {
        assertThat(filter.identify(request, response)).isEqualTo(RANDOM);
        assertThat(filter.identify(request, new MockHttpServletResponse())).isEqualTo(RANDOM);
    }

    @Test
    void logContextOfTheThreadIsRestored() {
        MDC.put("other", "kept");
        try {
            assertThatThrownBy(() -> filter.doFilter(request, response, (req, res) -> {
                        assertThat(MDC.get("requestId")).isEqualTo(RANDOM);
                        throw new IllegalStateException("x");
                    }))
                    .hasMessage("x");
            assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of("other", "kept"));
        } finally {
            MDC.clear();
        }
    }
}
