package maple.like.adapter.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HexFormat;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives every request an id: the caller's own {@code X-Request-Id} if it is harmless, otherwise a random one. The
 * response header, the log ({@code requestId} of the MDC) and the document of an internal error carry it. Runs before
 * every other filter.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RequestIdFilter extends OncePerRequestFilter {
    private static final String HEADER = "X-Request-Id";
    private static final String MDC_KEY = "requestId";
    private static final String ATTRIBUTE = RequestIdFilter.class.getName() + ".id";

    /** Ids go into logs and headers, so they cannot break a line or look like anything else. */
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final LongSupplier random;

    RequestIdFilter(LongSupplier random) {
        this.random = random;
    }

    static @Nullable String idOf(ServletRequest request) {
        return (String) request.getAttribute(ATTRIBUTE);
    }

    /** Idempotent: a request keeps its first id. */
    String identify(HttpServletRequest request, HttpServletResponse response) {
        String id = idOf(request);
        if (id == null) {
            String given = request.getHeader(HEADER);
            id = given != null && HARMLESS.matcher(given).matches()
                    ? given
                    : HexFormat.of().toHexDigits(random.getAsLong());
            request.setAttribute(ATTRIBUTE, id);
        }
        response.setHeader(HEADER, id);
        return id;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        MDC.put(MDC_KEY, identify(request, response));
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(MDC_KEY);
        }
    }
}
