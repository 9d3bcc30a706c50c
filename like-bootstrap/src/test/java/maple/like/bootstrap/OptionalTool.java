package maple.like.bootstrap;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A command that a machine need not have. A test that needs it is skipped, unless a variable names the command. */
final class OptionalTool {
    private OptionalTool() {}

    /**
     * Starts it.
     *
     * @param name of the command; in capitals, of the environment variable that names another one
     * @param debianPackage that contains it
     */
    static Process start(String name, String debianPackage, Path output, Path errors, String... arguments) {
        String named = System.getenv(name.toUpperCase(Locale.ROOT));
        List<String> command = Stream.concat(Stream.of(named == null ? name : named), Stream.of(arguments))
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(output.toFile());
        if (errors.equals(output)) {
            builder.redirectErrorStream(true);
        } else {
            builder.redirectError(errors.toFile());
        }
        try {
            return builder.start();
        } catch (IOException e) {
            if (named != null) {
                throw new UncheckedIOException(named + " cannot be run", e);
            }
            return abort(name + " is not on the PATH; Debian has it in the package " + debianPackage);
        }
    }
}
