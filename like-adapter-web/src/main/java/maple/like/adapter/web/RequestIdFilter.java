package maple.like.adapter.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives every request an id, and puts it where people look for it: the response header, the log ({@code requestId} of
 * the MDC) and the document of an internal error. Comes before every other filter, and once more when the container
 * reports an error.
 */
final class RequestIdFilter extends OncePerRequestFilter implements Ordered {
    static final String MDC_KEY = "requestId";

    private final RequestIds ids;

    RequestIdFilter(RequestIds ids) {
        this.ids = ids;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    protected boolean shouldNotFilterErrorDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        MDC.put(MDC_KEY, ids.give(request, response));
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(MDC_KEY);
        }
    }
}
