package maple.like.adapter.web;

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

    @GetMapping("/openapi.yaml")
    ResponseEntity<Resource> document() {
        return answer("openapi.yaml", MediaType.APPLICATION_YAML);
    }

    @GetMapping("/docs")
    ResponseEntity<Resource> page() {
        return answer("docs.html", MediaType.TEXT_HTML);
    }

    @GetMapping("/docs.js")
    ResponseEntity<Resource> script() {
        return answer("docs.js", MediaType.valueOf("text/javascript"));
    }

    private static ResponseEntity<Resource> answer(String file, MediaType type) {
        return ResponseEntity.ok()
                .contentType(type)
                .header("Content-Security-Policy", POLICY)
                .body(new ClassPathResource(file, DocumentController.class));
    }
}
