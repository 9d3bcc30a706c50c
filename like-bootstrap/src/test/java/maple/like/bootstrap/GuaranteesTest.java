package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every test that {@code docs/guarantees.md} names exists. There, an ellipsis stands for the rest of a name. */
class GuaranteesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String TESTS = "src/test/java";
    private static final Pattern NAMED =
            Pattern.compile("`([A-Z]\\w*[a-z](?:Test|Contract|Suite|IT))(?:\\.|(?=`))([\\w…]*)");

    @Test
    void everyNamedTestExists() throws IOException {
        String guarantees = Files.readString(ROOT.resolve("docs/guarantees.md"));
        Map<String, String> tests = sourcesOfTests();
        List<String> missing = NAMED.matcher(guarantees)
                .results()
                .filter(named -> !exists(tests.getOrDefault(named.group(1), ""), named.group(2)))
                .map(MatchResult::group)
                .toList();
        assertThat(missing).isEmpty();
        assertThat(NAMED.matcher(guarantees).results()).hasSizeGreaterThan(60);
        assertThat(guarantees).as("methods without a class").doesNotContainPattern("`…\\.?\\w");
    }

    private static boolean exists(String source, String method) {
        String declaration = method.isEmpty() ? "class " : "void " + method.replace("…", "\\w*") + "\\(";
        return Pattern.compile(declaration).matcher(source).find();
    }

    private static Map<String, String> sourcesOfTests() throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (DirectoryStream<Path> modules =
                Files.newDirectoryStream(ROOT, module -> Files.isDirectory(module.resolve(TESTS)))) {
            for (Path module : modules) {
                try (Stream<Path> files = Files.walk(module.resolve(TESTS))) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        String name = file.getFileName().toString().replace(".java", "");
                        sources.merge(name, Files.readString(file), String::concat); // two modules have an OpenApiTest
                    }
                }
            }
        }
        return sources;
    }
}
