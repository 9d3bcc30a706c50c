package maple.like.bootstrap;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.IsEmptyOptions;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of local mode, in Chromium. */
class LocalPageTest {
    private static final String NAME = "아델";

    /** A second, as the page promises. */
    private static final ContainsTextOptions SOON = new ContainsTextOptions().setTimeout(1_000);

    private final Browser browser = new Browser();

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        browser.close();
    }

    private Service start(String port) {
        return Service.start(new HashMap<>(Map.of(
                "like.local.directory",
                directory.toString(),
                "like.buffer.strategy",
                "in-memory",
                "server.port",
                port)));
    }

    private static Locator card(Page page) {
        return page.locator("li").filter(new Locator.FilterOptions().setHasText(NAME));
    }

    private static Locator heart(Page page) {
        return card(page).locator("button");
    }

    private Page open(Service service, String account, int width) {
        Page page = browser.window(width, 740);
        page.navigate(service.address() + "/#" + account);
        assertThat(heart(page)).containsText("0", new ContainsTextOptions().setTimeout(20_000));
        assertThat(page.locator("input:checked")).hasValue(account);
        return page;
    }

    @Test
    void twoWindowsMoveTogetherAndGoOnAfterARestart() {
        Page a;
        Page b;
        String port;
        try (Service service = start("0")) {
            port = service.property("local.server.port");
            a = open(service, "A", 900);
            b = open(service, "B", 360);

            heart(a).click();
            assertThat(heart(b)).containsText("1", SOON);
            assertThat(heart(a)).hasAttribute("aria-pressed", "true");
            assertThat(heart(b)).hasAttribute("aria-pressed", "false");
            assertThat(card(b)).containsText("1 row in the database", new ContainsTextOptions().setTimeout(20_000));

            heart(b).focus();
            b.keyboard().press("Space");
            assertThat(heart(a)).containsText("2", SOON);
            heart(a).focus();
            a.keyboard().press("Enter");
            assertThat(heart(b)).containsText("1", SOON);
            assertThat(b.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                    .isEqualTo(true);
        }
        assertThat(a.locator("#state")).containsText("does not answer");
        browser.console.clear();
        try (Service service = start(port)) {
            assertThat(a.locator("#state")).isEmpty(new IsEmptyOptions().setTimeout(30_000));
            heart(a).click();
            assertThat(heart(b)).containsText("2", new ContainsTextOptions().setTimeout(30_000));
        }
    }

    @Test
    void itIsAccessibleInBothColourSchemesAndBlocksNothing() {
        try (Service service = start("0")) {
            Page page = open(service, "A", 360);
            heart(page).click();
            assertThat(heart(page)).hasAttribute("aria-pressed", "true");
            for (ColorScheme scheme : new ColorScheme[] {ColorScheme.LIGHT, ColorScheme.DARK}) {
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
                assertThat(new AxeBuilder(page).analyze().getViolations())
                        .as(scheme.name())
                        .isEmpty();
            }
            String screenshot = System.getProperty("screenshot");
            if (screenshot != null) {
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
                page.setViewportSize(720, 640);
                page.screenshot(new ScreenshotOptions().setPath(Path.of(screenshot)));
            }
        }
        assertThat(browser.console).isEmpty();
    }

    @Test
    void whatWasReadBeforeAClickDoesNotUndoIt() {
        try (Service service = start("0")) {
            Page page = open(service, "A", 360);
            List<Runnable> late = new ArrayList<>();
            AtomicInteger reads = new AtomicInteger();
            page.route("**/likes?*", route -> {
                reads.incrementAndGet();
                if (late.isEmpty()) {
                    APIResponse read = route.fetch();
                    late.add(() -> route.fulfill(new Route.FulfillOptions().setResponse(read)));
                } else {
                    route.resume();
                }
            });
            page.evaluate("() => { readStatus(); }");
            page.waitForCondition(() -> !late.isEmpty());
            heart(page).click();
            assertThat(heart(page)).hasAttribute("aria-pressed", "true");
            late.get(0).run();
            page.waitForCondition(() -> reads.get() > 1);
            assertThat(heart(page)).hasAttribute("aria-pressed", "true");
            assertThat(heart(page)).containsText("1");
        }
    }

    @Test
    void aConfiguredServiceHasNoPage() {
        try (Servers servers = new Servers();
                Service service = servers.start()) {
            assertThat(service.send("GET", "/", null).statusCode()).isEqualTo(404);
        }
    }
}
