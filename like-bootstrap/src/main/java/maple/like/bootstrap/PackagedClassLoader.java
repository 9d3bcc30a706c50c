package maple.like.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.security.CodeSource;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Loads a class from the jar that another class of its package came from, before it searches the jars in their order. The
 * loader of Spring Boot's jar asks all of them for each class, which takes a sixth of the processor time of a start.
 */
final class PackagedClassLoader extends URLClassLoader {
    private static final String REPLACED = "org.springframework.boot.loader.launch.LaunchedClassLoader";

    static {
        registerAsParallelCapable();
    }

    private final List<Jar> jars;
    private final Map<String, Jar> packages = new ConcurrentHashMap<>();

    /** Searches jars, each named by a URL of a {@link JarURLConnection}. */
    PackagedClassLoader(URL[] jars, ClassLoader parent) {
        super(jars, parent);
        this.jars = Stream.of(jars).map(Jar::open).toList();
    }

    /** Has the main method of a class run by another copy of it, if Spring Boot's loader loaded it from the packaged jar. */
    static boolean runs(Class<?> main, String... arguments) throws ReflectiveOperationException {
        ClassLoader loader = main.getClassLoader();
        if (!(loader instanceof URLClassLoader replaced)
                || !loader.getClass().getName().equals(REPLACED)) {
            return false;
        }
        PackagedClassLoader replacement = new PackagedClassLoader(replaced.getURLs(), replaced.getParent());
        Thread.currentThread().setContextClassLoader(replacement);
        replacement.loadClass(main.getName()).getMethod("main", String[].class).invoke(null, (Object) arguments);
        return true;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        String path = name.replace('.', '/').concat(".class");
        Jar jar = find(path);
        if (jar == null) {
            throw new ClassNotFoundException(name);
        }
        try {
            byte[] bytes = jar.read(path);
            definePackageOf(name, jar);
            return defineClass(name, bytes, 0, bytes.length, jar.source());
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private void definePackageOf(String className, Jar jar) throws IOException {
        String name = className.substring(0, Math.max(0, className.lastIndexOf('.')));
        if (getDefinedPackage(name) == null) {
            Manifest manifest = jar.file().getManifest();
            try {
                definePackage(name, manifest == null ? new Manifest() : manifest, jar.url());
            } catch (IllegalArgumentException e) {
                if (getDefinedPackage(name) == null) { // otherwise another thread defined it
                    throw e;
                }
            }
        }
    }

    @Override
    public @Nullable URL findResource(String path) {
        Jar jar = find(path);
        return jar == null ? null : jar.urlOf(path);
    }

    @Override
    public Enumeration<URL> findResources(String path) {
        return Collections.enumeration(jars.stream()
                .filter(jar -> jar.has(path))
                .map(jar -> jar.urlOf(path))
                .toList());
    }

    /** A class is the same in all jars that hold it; other resources differ. */
    private @Nullable Jar find(String path) {
        if (!path.endsWith(".class")) {
            return search(path);
        }
        String folder = path.substring(0, Math.max(0, path.lastIndexOf('/')));
        Jar likely = packages.get(folder);
        if (likely != null && likely.has(path)) {
            return likely;
        }
        Jar found = search(path);
        if (found != null) {
            packages.put(folder, found);
        }
        return found;
    }

    private @Nullable Jar search(String path) {
        for (Jar jar : jars) {
            if (jar.has(path)) {
                return jar;
            }
        }
        return null;
    }

    private record Jar(URL url, JarFile file, CodeSource source) {
        static Jar open(URL url) {
            try {
                JarFile file = ((JarURLConnection) url.openConnection()).getJarFile();
                return new Jar(url, file, new CodeSource(url, (Certificate[]) null));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        boolean has(String path) {
            return file.getEntry(path) != null;
        }

        byte[] read(String path) throws IOException {
            try (InputStream content = file.getInputStream(file.getJarEntry(path))) {
                return content.readAllBytes();
            }
        }

        URL urlOf(String path) {
            try {
                return new URL(url, path);
            } catch (MalformedURLException e) {
                throw new IllegalArgumentException(path, e);
            }
        }
    }
}
