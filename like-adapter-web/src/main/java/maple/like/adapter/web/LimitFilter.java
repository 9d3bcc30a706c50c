package maple.like.adapter.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses an account's requests beyond its limits, before they cost more than the token did. */
final class LimitFilter extends OncePerRequestFilter {
    private final @Nullable CallerLimit changes;
    private final @Nullable CallerLimit reads;
    private final ProblemWriter problems;
    private final WebMonitor monitor;

    /**
     * Takes the limits.
     *
     * @param changes of POST, PUT and DELETE, or {@code null} for none
     * @param reads of GET and HEAD with a token, or {@code null} for none
     */
    LimitFilter(
            @Nullable CallerLimit changes, @Nullable CallerLimit reads, ProblemWriter problems, WebMonitor monitor) {
        this.changes = changes;
        this.reads = reads;
        this.problems = problems;
        this.monitor = monitor;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean isRead =
                request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        CallerLimit limit = isRead ? reads : changes;
        LikerAuthentication caller = LikerAuthentication.current();
        if (limit == null || caller == null || limit.take(caller.getPrincipal().account(), response)) {
            chain.doFilter(request, response);
            return;
        }
        monitor.overLimit(limit.name());
        Problem problem = isRead ? Problem.TOO_MANY_READS : Problem.TOO_MANY_CHANGES;
        problems.write(request, response, problem.document());
    }
}
