package maple.like.adapter.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers what other filters throw, where no advice reaches. Comes after {@link RequestIdFilter}, while the log still
 * knows the id, and within the filter that observes requests, which sees the status that clients see.
 */
final class FailureFilter extends OncePerRequestFilter implements Ordered {
    private final Failures failures;

    FailureFilter(Failures failures) {
        this.failures = failures;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE + 2;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            chain.doFilter(request, response);
        } catch (ServletException | IOException | RuntimeException e) {
            if (!failures.answer(e, request, response)) {
                throw e;
            }
        }
    }
}
