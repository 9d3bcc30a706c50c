package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API as a browser sees it, which alone shows what policies block: on the page of the API, and on pages elsewhere. */
class ApiPageTest {
    private static final Pattern OPERATION = Pattern.compile("operationId: (\\w+)");
    private static final String NAME = "아델";

    /** Calls the API as a page does, and answers with all that the page may read. */
    private static final String CALL = """
            async ([method, url, token]) => {
              const headers = token ? { Authorization: `Bearer ${token}` } : {};
              try {
                const answer = await fetch(url, { method, headers });
                const readable = ['X-Request-Id', 'Retry-After'].filter(name => answer.headers.get(name));
                return [answer.status, ...readable, await answer.text()].join(' ');
              } catch (blocked) {
                return blocked.name;
              }
            }
            """;

    /** Opens a stream, and resolves with its first event of either kind. */
    private static final String OPEN = """
            url => new Promise(resolve => {
              window.counts = [];
              window.stream = new EventSource(url);
              stream.onerror = () => resolve('error');
              stream.addEventListener('count', event => resolve(counts.push(event.data)));
            })
            """;

    @TempDir
    private static Path directory;

    private static Browser browser;
    private static StubServer elsewhere;
    private static Service service;

    @BeforeAll
    static void start() {
        browser = new Browser();
        elsewhere = new StubServer().answering("/page", request -> new StubServer.Answer(200, "{}"));
        service = Service.start(Map.of(
                "like.local.directory",
                directory.toString(),
                "like.buffer.strategy",
                "in-memory",
                "like.web.allowed-origins",
                elsewhere.url(),
                "like.limits.changes-per-minute",
                "2"));
    }

    @AfterAll
    static void stop() {
        if (service != null) {
            service.close();
            elsewhere.close();
            browser.close();
        }
    }

    @Test
    void theBrowserShowsEveryOperationAndBlocksNothing() {
        Page page = browser.window(1_000, 800);
        browser.console.clear();
        page.navigate(service.address() + "/docs");
        List<String> operations = OPERATION
                .matcher(service.get("/openapi.yaml").body())
                .results()
                .map(operation -> operation.group(1))
                .toList();
        assertThat(operations)
                .hasSizeGreaterThan(5)
                .allSatisfy(operation ->
                        page.locator("[id$='-" + operation + "']").first().waitFor());
        assertThat(browser.console).isEmpty();
    }

    private static String call(Page page, String method, String path, String token) {
        return (String) page.evaluate(CALL, new String[] {method, service.address() + path, token});
    }

    @Test
    void aPageOfAnAllowedOriginLikesReadsAndFollowsCounts() {
        Page page = browser.window(400, 400);
        page.navigate(elsewhere.url() + "/page");
        String like = Service.path(NAME, "/like");
        String batch = "/api/v2/characters/likes?userIgn=" + NAME;
        String stream = service.address() + "/api/v2/characters/likes/stream?userIgn=" + NAME;
        String token = service.get("/local/token?account=page").body();

        assertThat(page.evaluate(OPEN, stream)).isEqualTo(1);
        assertThat(call(page, "PUT", like, token))
                .startsWith("200 X-Request-Id {")
                .contains("\"liked\":true");
        page.waitForFunction("counts.at(-1) === '{\"userIgn\":\"" + NAME + "\",\"likeCount\":1}'");
        assertThat(call(page, "GET", like + "/status", token)).contains("\"liked\":true,\"likeCount\":1");
        assertThat(call(page, "GET", like + "/count", null)).contains("200 X-Request-Id {", "\"likeCount\":1");
        assertThat(call(page, "GET", batch, token)).contains("\"likeCount\":1,\"liked\":true");
        assertThat(call(page, "DELETE", like, token)).contains("\"liked\":false");
        assertThat(call(page, "POST", like, token))
                .startsWith("429 X-Request-Id Retry-After {")
                .contains("TOO_MANY_CHANGES");
        assertThat(call(page, "POST", like, "nonsense"))
                .startsWith("401 X-Request-Id {")
                .contains("UNAUTHENTICATED");
    }

    @Test
    void aPageOfAnotherOriginSeesAndChangesNothing() {
        Page page = browser.window(400, 400);
        page.navigate(elsewhere.url().replace("127.0.0.1", "localhost") + "/page");
        String other = "Adele";
        assertThat(call(page, "GET", Service.path(other, "/like/count"), null)).isEqualTo("TypeError");
        assertThat(page.evaluate(OPEN, service.address() + "/api/v2/characters/likes/stream?userIgn=" + other))
                .isEqualTo("error");
        String token = service.get("/local/token?account=elsewhere").body();
        assertThat(call(page, "PUT", Service.path(other, "/like"), token)).isEqualTo("TypeError");
        assertThat(service.count(other)).isZero();
    }
}
