package maple.like.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Also of {@link Figures} and {@link Report}. */
class PageTest {
    @Test
    void writesTheFiguresOfAllRunsIntoThePageAndDrawsThem(@TempDir Path directory) throws Exception {
        Path page = Files.writeString(
                directory.resolve("page.md"),
                "Before\n<!-- figures: begin -->\nearlier\n<!-- figures: end -->\nAfter\n");

        Page.write(page, List.of(run(directory, "25.0.3", 200), run(directory, "17.0.15", 100)));

        assertThat(page)
                .content()
                .contains("Before\n", "![Toggles < a second](figures/toggles-a-second.svg)", "After\n");
        assertThat(page).content().contains("| toggles | ≥ 1 | 200.00 (150.00 to 250.00) | 100.00 (50.00 to 150.00) |");
        assertThat(page).content().doesNotContain("earlier");
        Path figure = directory.resolve("figures").resolve("toggles-a-second.svg");
        assertThat(figure).content().contains("prefers-color-scheme: dark", "JDK 25.0.3", "JDK 17.0.15");
        Document svg = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(figure.toFile());
        NodeList bars = svg.getElementsByTagName("rect");
        assertThat(width(bars.item(0))).isEqualTo(2 * width(bars.item(1)));
    }

    private static Report run(Path directory, String jdk, double toggles) {
        Report report = new Report(jdk, "A machine; %s");
        Series measured = new Series(List.of(toggles - 50, toggles, toggles + 50));
        report.atLeast("toggles", 1, measured);
        report.bar("Toggles < a second", "service", measured);
        Path file = directory.resolve(jdk);
        report.save(file);
        return Report.load(file);
    }

    private static double width(Object bar) {
        return Double.parseDouble(((Element) bar).getAttribute("width"));
    }
}
