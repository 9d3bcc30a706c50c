package maple.like.bootstrap;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM of a test's own, of the kind that runs the test, which starts soon rather than being fast later. */
public final class TestJvm {
    private TestJvm() {}

    /** The command line that starts it with these arguments. */
    public static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-BytecodeVerificationRemote",
                "-Dfile.encoding=UTF-8"));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The command line that starts the service from the classes that the test has. */
    public static List<String> serviceCommand(String... arguments) {
        List<String> command = command("-cp", System.getProperty("java.class.path"), LikeApplication.class.getName());
        command.addAll(List.of(arguments));
        return command;
    }
}
