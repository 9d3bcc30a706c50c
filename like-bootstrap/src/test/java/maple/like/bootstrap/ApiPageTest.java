package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of the API in a browser, which alone shows what the page's own policy blocks. */
class ApiPageTest {
    private static final Pattern OPERATION = Pattern.compile("operationId: (\\w+)");

    @Test
    void theBrowserShowsEveryOperationAndBlocksNothing(@TempDir Path directory) {
        try (Browser browser = new Browser();
                Service service = Service.start(
                        Map.of("like.local.directory", directory.toString(), "like.buffer.strategy", "in-memory"))) {
            Page page = browser.window(1_000, 800);
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
    }
}
