package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of the API in a browser, which alone shows what the page's own policy blocks. */
class ApiPageTest {
    /** Loopback alone, and a clock that runs as fast as the page can work. */
    private static final String OPTIONS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
            + " --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage"
            + " --enable-logging=stderr --virtual-time-budget=10000 --dump-dom";

    private static final Pattern OPERATION = Pattern.compile("operationId: (\\w+)");

    @Test
    void theBrowserShowsEveryOperationAndBlocksNothing(@TempDir Path directory) throws Exception {
        Path page = directory.resolve("page.html");
        Path log = directory.resolve("log");
        Path profile = Files.createDirectory(directory.resolve("profile"));
        Map<String, String> localMode = Map.of(
                "like.local.directory", directory.resolve("data").toString(), "like.buffer.strategy", "in-memory");
        try (Service service = Service.start(localMode)) {
            String arguments = OPTIONS + " --user-data-dir=" + profile + " " + service.address() + "/docs";
            Process browser = OptionalTool.start("chromium", "chromium", page, log, arguments.split(" "));
            try {
                assertThat(browser.waitFor(2, TimeUnit.MINUTES)).as("ends").isTrue();
            } finally {
                browser.destroyForcibly();
            }
            assertThat(browser.exitValue()).as(Files.readString(log)).isZero();
            List<String> operations = OPERATION
                    .matcher(service.get("/openapi.yaml").body())
                    .results()
                    .map(operation -> "-" + operation.group(1) + "\"")
                    .toList();
            assertThat(operations).hasSizeGreaterThan(5);
            assertThat(page).content().contains(operations);
        }
        assertThat(log).content().doesNotContain("CONSOLE");
    }
}
