package maple.like.bootstrap.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject.Kind;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * Java sources in one text, compiled against the classpath of the tests. A new file begins where a package is declared.
 * Types whose names begin with {@code Bad} break the rule, the others keep it.
 */
record Fixture(String sources) {
    static final Pattern BAD = Pattern.compile("[\\w.]+\\.Bad\\w*");

    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    private static final StandardJavaFileManager FILES = COMPILER.getStandardFileManager(null, null, null);

    JavaClasses compiledTo(Path folder) throws IOException {
        FILES.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(folder));
        StringWriter errors = new StringWriter();
        List<SimpleJavaFileObject> files = Arrays.stream(sources.split("(?m)^(?=(@\\S+ )?package )"))
                .filter(text -> !text.isBlank())
                .map(Fixture::file)
                .toList();
        assertThat(COMPILER.getTask(errors, FILES, null, List.of("-proc:none", "-nowarn"), null, files)
                        .call())
                .as(() -> errors.toString())
                .isTrue();
        return new ClassFileImporter().importPath(folder);
    }

    /** Javac wants a public type in a file of its own name; a fixture may be called by any. */
    private static SimpleJavaFileObject file(String text) {
        String name = text.startsWith("@") ? "package-info" : "Fixture";
        return new SimpleJavaFileObject(URI.create("fixture:/" + name + ".java"), Kind.SOURCE) {
            @Override
            public boolean isNameCompatible(String simpleName, Kind kind) {
                return Character.isUpperCase(simpleName.charAt(0)) || super.isNameCompatible(simpleName, kind);
            }

            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }
}
