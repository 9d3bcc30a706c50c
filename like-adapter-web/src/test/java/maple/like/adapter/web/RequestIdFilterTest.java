package maple.like.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class RequestIdFilterTest {
    final AtomicLong source = new AtomicLong(0xabc);
    final RequestIdFilter filter = new RequestIdFilter(new RequestIds(source::getAndIncrement));
    final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
    final MockHttpServletResponse response = new MockHttpServletResponse();
    final List<Map<String, String>> seen = new ArrayList<>();

    void pass() throws Exception {
        filter.doFilter(request, response, (req, res) -> seen.add(MDC.getCopyOfContextMap()));
    }

    static List<String> harmlessIds() {
        return List.of("a", "0", "A-b_c.d", "x".repeat(64), "7d444840-9dc0-11d1-b245-5ffdce74fad2");
    }

    @ParameterizedTest
    @MethodSource("harmlessIds")
    void idOfTheCallerIsKept(String id) throws Exception {
        request.addHeader("X-Request-Id", id);
        pass();
        assertThat(response.getHeader("X-Request-Id")).isEqualTo(id);
        assertThat(seen).containsExactly(Map.of("requestId", id));
    }

    static List<String> harmfulIds() {
        return List.of(
                "", "x".repeat(65), "a b", "a\nb", "a\r\nSet-Cookie: b", "단풍", "a/b", "${jndi:x}", "a\0", "é", "[");
    }

    @ParameterizedTest
    @MethodSource("harmfulIds")
    void idThatMightDoHarmIsReplaced(String id) throws Exception {
        request.addHeader("X-Request-Id", id);
        pass();
        assertThat(response.getHeader("X-Request-Id")).isEqualTo("0000000000000abc");
        assertThat(seen).containsExactly(Map.of("requestId", "0000000000000abc"));
    }

    @Test
    void requestWithoutAnIdGetsOneFromTheSource() throws Exception {
        pass();
        assertThat(response.getHeader("X-Request-Id")).isEqualTo("0000000000000abc");
    }

    @Test
    void errorReportOfARequestHasItsId() throws Exception {
        pass();
        request.setDispatcherType(DispatcherType.ERROR);
        request.setAttribute(RequestDispatcher.ERROR_REQUEST_URI, "/");
        pass();
        assertThat(response.getHeader("X-Request-Id")).isEqualTo("0000000000000abc");
        assertThat(seen).hasSize(2).allMatch(mdc -> mdc.get("requestId").equals("0000000000000abc"));
    }

    @Test
    void nothingIsLeftInTheLogContextOfTheThread() throws Exception {
        MDC.put("other", "kept");
        try {
            pass();
            assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of("other", "kept"));
        } finally {
            MDC.clear();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingIsLeftInTheLogContextAfterAFailureEither(boolean checked) {
        assertThatThrownBy(() -> filter.doFilter(request, response, (req, res) -> {
                    if (checked) {
                        throw new ServletException("x");
                    }
                    throw new IllegalStateException("x");
                }))
                .hasMessage("x");
        assertThat(MDC.get("requestId")).isNull();
    }

    @Test
    void comesBeforeEveryOtherFilter() {
        assertThat(filter.getOrder()).isEqualTo(Ordered.HIGHEST_PRECEDENCE);
    }
}
