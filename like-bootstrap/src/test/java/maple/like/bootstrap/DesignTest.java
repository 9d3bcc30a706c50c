package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maple.like.application.PartitionState;
import org.junit.jupiter.api.Test;

/** The drawings and tables of {@code docs/design.md} show what the code has. */
class DesignTest {
    private static final Path PROJECT = Path.of("..");
    private static final Path DESIGN = PROJECT.resolve(Path.of("docs", "design.md"));

    private static final String[] MODULES = {
        "like-domain",
        "like-application",
        "like-adapter-redis",
        "like-adapter-jpa",
        "like-adapter-web",
        "like-bootstrap"
    };

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

    @Test
    void theDrawingOfModulesHasEachDependency() throws IOException {
        Map<String, Set<String>> drawn = new TreeMap<>();
        for (String pair : pairs("^ +(like-[a-z-]+) --> (like-[a-z-]+)$")) {
            String[] ends = pair.split(" ");
            drawn.computeIfAbsent(ends[0], from -> new TreeSet<>()).add(ends[1]);
        }
        for (String module : MODULES) {
            assertThat(reachable(drawn, module)).as(module).isEqualTo(dependencies(module));
        }
    }

    private static Set<String> reachable(Map<String, Set<String>> drawn, String from) {
        Set<String> reached = new TreeSet<>();
        for (String next : drawn.getOrDefault(from, Set.of())) {
            reached.add(next);
            reached.addAll(reachable(drawn, next));
        }
        return reached;
    }

    /** Without those of tests, whose artifacts have a type. */
    private static Set<String> dependencies(String module) throws IOException {
        return matches(
                PROJECT.resolve(Path.of(module, "pom.xml")),
                "<artifactId>(like-[a-z-]+)</artifactId>\\s*</dependency>");
    }

    @Test
    void theDrawingsNameClassesAndScriptsThatExist() throws IOException {
        Set<String> files;
        try (Stream<Path> all = Stream.of(MODULES).flatMap(DesignTest::sources)) {
            files = all.map(file -> file.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet());
        }
        for (String drawing : matches(DESIGN, "(?s)```mermaid\\n(.*?)```")) {
            assertThat(Pattern.compile("\\b((?:[A-Z][a-z]+){2,}|[a-z]+\\.lua)\\b")
                            .matcher(drawing)
                            .results()
                            .map(MatchResult::group))
                    .isSubsetOf(files);
        }
    }

    private static Stream<Path> sources(String module) {
        try {
            return Files.walk(PROJECT.resolve(Path.of(module, "src", "main")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> matches(Path file, String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(file))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
