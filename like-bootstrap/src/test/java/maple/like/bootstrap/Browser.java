package maple.like.bootstrap;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Playwright.CreateOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * Chromium, as the environment variable {@code CHROMIUM} names it or as it is on the {@code PATH}; without one, tests are
 * skipped. Remembers what pages write to the console, such as what their policies block.
 */
final class Browser implements AutoCloseable {
    private static final List<String> OPTIONS = List.of("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage");

    final List<String> console = new CopyOnWriteArrayList<>();
    private final Playwright playwright;
    private final com.microsoft.playwright.Browser chromium;

    Browser() {
        Optional<Path> program = program();
        assumeTrue(program.isPresent(), "chromium is not on the PATH; Debian has it in the package chromium");
        playwright = Playwright.create(new CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        chromium = playwright
                .chromium()
                .launch(new LaunchOptions().setExecutablePath(program.get()).setArgs(OPTIONS));
    }

    private static Optional<Path> program() {
        String named = System.getenv("CHROMIUM");
        return named != null
                ? Optional.of(Path.of(named))
                : Stream.of(Objects.requireNonNullElse(System.getenv("PATH"), "")
                                .split(":"))
                        .map(folder -> Path.of(folder, "chromium"))
                        .filter(Files::isExecutable)
                        .findFirst();
    }

    /** A window of its own, without what others store. */
    Page window(int width, int height) {
        BrowserContext context = chromium.newContext(
                new com.microsoft.playwright.Browser.NewContextOptions().setViewportSize(width, height));
        Page page = context.newPage();
        page.onConsoleMessage(message -> console.add(message.type() + ": " + message.text()));
        page.onPageError(console::add);
        return page;
    }

    @Override
    public void close() {
        playwright.close();
    }
}
