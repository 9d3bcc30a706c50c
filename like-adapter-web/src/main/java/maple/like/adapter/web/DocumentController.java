package maple.like.adapter.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the OpenAPI document and a page to browse it, which loads nothing from other hosts. */
@RestController
final class DocumentController {
    /** Swagger UI has icons in data URLs. It styles elements by script, which needs no permission. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** Relative to the document, and right unless a client or a proxy knows the server by another path. */
    private static final String SERVER = "  - url: .\n";

    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*");

    @GetMapping("/openapi.yaml")
    ResponseEntity<byte[]> document(HttpServletRequest request) throws IOException {
        String document = file("openapi.yaml").getContentAsString(StandardCharsets.UTF_8);
        String path = prefix(request) + request.getContextPath();
        String served = path.isEmpty() ? document : document.replace(SERVER, SERVER.replace(".", path));
        return answer(MediaType.APPLICATION_YAML).body(served.getBytes(StandardCharsets.UTF_8));
    }

    /** The path that proxies have cut off, the outermost first; empty if none says so, or one does not name a path. */
    private static String prefix(HttpServletRequest request) {
        String prefix = Collections.list(request.getHeaders("X-Forwarded-Prefix")).stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .map(part -> part.strip().replaceFirst("/$", ""))
                .collect(Collectors.joining());
        return PATH.matcher(prefix).matches() ? prefix : "";
    }

    @GetMapping("/docs")
    ResponseEntity<Resource> page() {
        return answer(MediaType.TEXT_HTML).body(file("docs.html"));
    }

    @GetMapping("/docs.js")
    ResponseEntity<Resource> script() {
        return answer(MediaType.valueOf("text/javascript")).body(file("docs.js"));
    }

    private static Resource file(String name) {
        return new ClassPathResource(name, DocumentController.class);
    }

    private static ResponseEntity.BodyBuilder answer(MediaType type) {
        return ResponseEntity.ok().contentType(type).header("Content-Security-Policy", POLICY);
    }
}
