package maple.like.bootstrap;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What {@code audit} printed, within this JVM, and its exit code.
 *
 * @param lines the differences, notes, and a summary
 */
record AuditRun(int code, List<String> lines) {
    static AuditRun of(Map<String, String> properties, String... options) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int code = AuditCommand.run(new PrintStream(out, true, StandardCharsets.UTF_8), arguments(properties, options));
        return new AuditRun(code, out.toString(StandardCharsets.UTF_8).lines().toList());
    }

    static String[] arguments(Map<String, String> properties, String... options) {
        return Stream.of(Stream.of(AuditCommand.NAME), Stream.of(options), Stream.of(Service.arguments(properties)))
                .flatMap(each -> each)
                .toArray(String[]::new);
    }

    String summary() {
        return lines.get(lines.size() - 1);
    }

    /** What differs, without the partition. */
    List<String> differences() {
        return lines.subList(0, lines.size() - 1).stream()
                .map(line -> line.replaceFirst("^partition \\d: ", ""))
                .toList();
    }
}
