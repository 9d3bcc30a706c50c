package maple.like.adapter.web;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.HexFormat;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Gives every request one id, the caller's own where it is harmless, and tells it in the response. */
record RequestIds(LongSupplier random) {
    static final String HEADER = "X-Request-Id";

    private static final String ATTRIBUTE = RequestIds.class.getName();
    private static final int MAX_LENGTH = 64;

    static @Nullable String of(ServletRequest request) {
        return (String) request.getAttribute(ATTRIBUTE);
    }

    /** The same id however often it is called. */
    String give(HttpServletRequest request, HttpServletResponse response) {
        String id = of(request);
        if (id == null) {
            String given = request.getHeader(HEADER);
            id = given != null && isHarmless(given) ? given : HexFormat.of().toHexDigits(random.getAsLong());
            request.setAttribute(ATTRIBUTE, id);
        }
        response.setHeader(HEADER, id);
        return id;
    }

    /** An id goes into logs and headers: nothing in it may break a line or be taken for something else. */
    private static boolean isHarmless(String id) {
        return !id.isEmpty() && id.length() <= MAX_LENGTH && id.chars().allMatch(RequestIds::isHarmless);
    }

    private static boolean isHarmless(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }
}
