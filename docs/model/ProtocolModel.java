import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * Compiles the model, which is in the directory protocol beside this file, and runs it:
 * {@code java docs/model/ProtocolModel.java [options] [seconds] [seed]}. README.md says more.
 */
public final class ProtocolModel {
    private ProtocolModel() {}

    public static void main(String[] arguments) throws Exception {
        Path here = Path.of(ProtocolModel.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Path classes = Files.createTempDirectory("protocol-model");
        int status;
        try {
            compile(here.resolveSibling("protocol"), classes);
            status = run(classes, arguments);
        } finally {
            delete(classes);
        }
        System.exit(status);
    }

    private static void compile(Path sources, Path classes) throws IOException {
        List<String> options = new ArrayList<>(List.of("-d", classes.toString(), "-encoding", "UTF-8"));
        try (Stream<Path> files = Files.list(sources)) {
            files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(options::add);
        }
        if (ToolProvider.getSystemJavaCompiler().run(null, null, null, options.toArray(String[]::new)) != 0) {
            throw new IllegalStateException("The model does not compile");
        }
    }

    private static int run(Path classes, String[] arguments) throws IOException, ReflectiveOperationException {
        try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
            return (int) loader.loadClass("protocol.Explorer")
                    .getMethod("run", String[].class)
                    .invoke(null, (Object) arguments);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
