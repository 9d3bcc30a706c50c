package maple.like.adapter.web;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The page at {@code /} to try likes in a browser, for import by an application that hands out tokens at
 * {@code /local/token} and lists characters and their rows at {@code /local/rows}. It loads nothing from other hosts.
 */
@RestController
public final class LocalPage {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:;"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    @GetMapping("/")
    ResponseEntity<Resource> page() {
        return answer("local.html", MediaType.TEXT_HTML);
    }

    @GetMapping("/local/page.css")
    ResponseEntity<Resource> styles() {
        return answer("local.css", MediaType.valueOf("text/css"));
    }

    @GetMapping("/local/page.js")
    ResponseEntity<Resource> script() {
        return answer("local.js", MediaType.valueOf("text/javascript"));
    }

    private static ResponseEntity<Resource> answer(String file, MediaType type) {
        return ResponseEntity.ok()
                .contentType(type)
                .header("Content-Security-Policy", POLICY)
                .body(new ClassPathResource(file, LocalPage.class));
    }
}
