package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of the API in a browser: what the policy of the page refuses, a browser alone shows. */
class ApiPageTest {
    /** Loopback alone, and a clock that runs as fast as the page can work. */
    private static final List<String> OPTIONS = List.of(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--enable-logging=stderr",
            "--virtual-time-budget=10000",
            "--dump-dom");

    private static final Pattern OPERATION = Pattern.compile("operationId: (\\w+)");

    @TempDir
    private Path directory;

    @Test
    void theBrowserShowsEveryOperationAndRefusesNothing() throws Exception {
        Path page = directory.resolve("page.html");
        Path log = directory.resolve("log");
        List<String> operations;
        try (Service service = Service.start(Map.of(
                "like.local.directory", directory.resolve("data").toString(), "like.buffer.strategy", "in-memory"))) {
            browse(service.address() + "/docs", page, log);
            operations = OPERATION
                    .matcher(service.send("GET", "/openapi.yaml", null).body())
                    .results()
                    .map(match -> "-" + match.group(1) + "\"")
                    .toList();
        }
        assertThat(operations).hasSizeGreaterThan(5);
        assertThat(page).content().contains(operations).contains("Turn the like around");
        assertThat(log).content().doesNotContain("CONSOLE");
    }

    /** Whoever names it in CHROMIUM wants it used. */
    private void browse(String url, Path page, Path log) throws IOException, InterruptedException {
        String named = System.getenv("CHROMIUM");
        List<String> command = new ArrayList<>(List.of(named == null ? "chromium" : named));
        command.addAll(OPTIONS);
        command.add("--user-data-dir=" + Files.createDirectory(directory.resolve("profile")));
        command.add(url);
        Process browser;
        try {
            browser = new ProcessBuilder(command)
                    .redirectOutput(page.toFile())
                    .redirectError(log.toFile())
                    .start();
        } catch (IOException e) {
            if (named == null) {
                abort("chromium is not on the PATH; Debian has it in the package chromium");
            }
            fail("CHROMIUM cannot be run", e);
            return;
        }
        try {
            assertThat(browser.waitFor(2, TimeUnit.MINUTES)).as("ends").isTrue();
        } finally {
            browser.destroyForcibly();
        }
        assertThat(browser.exitValue()).as(Files.readString(log)).isZero();
    }
}
