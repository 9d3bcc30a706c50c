package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import maple.like.application.PartitionState;
import org.junit.jupiter.api.Test;

/** The states and transitions of a partition in {@code docs/design.md} are those of the code. */
class DesignTest {
    private static final Path DESIGN = Path.of("..", "docs", "design.md");

    private static List<String> pairs(String line) throws IOException {
        return Pattern.compile(line, Pattern.MULTILINE)
                .matcher(Files.readString(DESIGN))
                .results()
                .map(match -> match.group(1) + " " + match.group(2))
                .toList();
    }

    private static List<String> transitions() {
        return Arrays.stream(PartitionState.values())
                .flatMap(from -> from.successors().stream().map(to -> from + " " + to))
                .toList();
    }

    @Test
    void theTableOfTransitionsHasEachAndNoOther() throws IOException {
        assertThat(pairs("^\\| `([A-Z_]+)` \\| `([A-Z_]+)` \\|")).containsExactlyInAnyOrderElementsOf(transitions());
    }

    @Test
    void theDrawingOfTransitionsHasEachAndNoOther() throws IOException {
        assertThat(pairs("^ +([A-Z_]+) --> ([A-Z_]+):")).containsExactlyInAnyOrderElementsOf(transitions());
    }

    @Test
    void theTableOfStatesSaysWhichStoreDecides() throws IOException {
        assertThat(pairs("^\\| `([A-Z_]+)` \\| (database|Redis)\\b"))
                .containsExactlyElementsOf(Arrays.stream(PartitionState.values())
                        .map(state -> state + " " + (state.databaseDecides() ? "database" : "Redis"))
                        .toList());
    }
}
