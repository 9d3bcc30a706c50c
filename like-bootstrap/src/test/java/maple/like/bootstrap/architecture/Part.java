package maple.like.bootstrap.architecture;

import static java.util.stream.Collectors.toSet;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.PackageMatcher;
import com.tngtech.archunit.core.domain.PackageMatchers;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A package of the service, and all that it may use and show.
 *
 * @param name the package; subpackages are parts of their own
 * @param uses the packages and types of the service that it may depend on
 * @param libraries the other packages that it may depend on
 * @param shows its public types; empty where every type may be public
 */
record Part(String name, Set<String> uses, Set<String> libraries, Set<String> shows) {
    /** Free to every part: the JDK without input and output, and the annotations for null. */
    private static final PackageMatchers PLAIN = PackageMatchers.of(
            "java.[lang|math|nio.charset|text|util]",
            "java.time..",
            "java.util.concurrent..",
            "java.util.[function|regex|stream|zip]",
            "org.jspecify.annotations");

    static final String BASE = "maple.like";

    /** The table. Every package has a row, every row has classes, and every entry is used; tests see to it. */
    static final List<Part> ALL = List.of(
            part("domain"),
            part("application").uses("domain"),
            part("application.port.in").uses("domain", "application"),
            part("application.port.out").uses("domain", "application"),
            part("application.service")
                    .uses("domain", "application", "application.port.in", "application.port.out")
                    .uses("application.likes.Reconciler")
                    .libraries("java.security")
                    .shows("LikeUseCases"),
            part("application.likes")
                    .uses("domain", "application", "application.port.out")
                    .shows("LikeTopology", "FailoverLikeToggle", "InMemoryLikeToggle", "WriteBehindLikeToggle")
                    .shows("FencedLedger", "Reconciler", "RequestQueue"),
            part("application.event")
                    .uses("domain", "application.port.out")
                    .shows("NumberedLikeEventBus", "EventBusMonitor"),
            part("adapter.redis")
                    .uses("domain", "application", "application.port.out", "application.likes.RequestQueue")
                    .libraries("java.io", "org.slf4j")
                    .libraries("com.github.benmanes.caffeine..", "io.lettuce..", "io.micrometer.core..")
                    .libraries("io.netty.util", "tools.jackson..")
                    .shows(
                            "RedisAdapter",
                            "PredecessorChanges",
                            "RedisSettings",
                            "RedisNodes",
                            "PubSubMode",
                            "CacheSettings")
                    .shows("CaffeineLikeCounts", "CachedCharacterRanking", "CachedCharacterResolver")
                    .shows("JsonLikeEventCodec"),
            part("adapter.jpa")
                    .uses("domain", "application", "application.port.out")
                    .libraries("java.io", "java.sql", "javax.sql", "jakarta.persistence..", "org.hibernate..")
                    .libraries("tools.jackson.core..")
                    .shows("CharacterMonitor", "DatabaseVendor", "InstanceLock", "JpaLikes", "LikePersistence")
                    .shows("SchemaHistory"),
            part("adapter.jpa.adoption")
                    .uses("domain", "application")
                    .libraries("java.sql")
                    .shows("TableAdoption", "Finding", "Sql"),
            part("adapter.web")
                    .uses("domain", "application", "application.port.in")
                    .libraries("java.io", "java.math", "java.net..", "java.security..", "javax.crypto..")
                    .libraries("org.slf4j", "jakarta.servlet..", "com.nimbusds.[jose|jwt]..")
                    .libraries("org.springframework.[beans|context|core|http|security|web]..")
                    .libraries("com.github.benmanes.caffeine..", "io.github.bucket4j..", "tools.jackson.databind..")
                    .shows("WebAdapter", "WebSettings", "WebMonitor", "ProblemWriter", "LocalPage")
                    .shows("TokenDecoder", "TokenRules", "TokenRefusal")
                    .shows("StreamConnector", "StreamSettings", "StreamMonitor"),
            part("adapter.web.nexon")
                    .uses("domain", "application", "application.port.out")
                    .libraries("java.io", "java.net..", "java.nio", "tools.jackson.databind..")
                    .shows("NexonCharacterLookup", "NexonSettings"),
            part("bootstrap").libraries("..").shows("LikeApplication", "LikeProperties"),
            part("bootstrap.local").libraries("..").shows("LocalModeConfiguration"));

    private static Part part(String name) {
        return new Part(BASE + "." + name, Set.of(), Set.of(), Set.of());
    }

    private Part uses(String... names) {
        String[] absolute = Arrays.stream(names).map(used -> BASE + "." + used).toArray(String[]::new);
        return new Part(name, plus(uses, absolute), libraries, shows);
    }

    private Part libraries(String... packages) {
        return new Part(name, uses, plus(libraries, packages), shows);
    }

    private Part shows(String... types) {
        return new Part(name, uses, libraries, plus(shows, types));
    }

    private static Set<String> plus(Set<String> some, String... more) {
        return Stream.concat(some.stream(), Arrays.stream(more)).collect(toSet());
    }

    static Optional<Part> of(JavaClass type) {
        return ALL.stream()
                .filter(part -> part.name.equals(type.getPackageName()))
                .findAny();
    }

    static Stream<String> forbiddenDependencies(JavaClass type) {
        return of(type).stream()
                .flatMap(part -> type.getDirectDependenciesFromSelf().stream()
                        .filter(dependency -> !part.mayUse(target(dependency)))
                        .map(Dependency::getDescription));
    }

    private boolean mayUse(JavaClass type) {
        return type.getPackageName().equals(name)
                || PLAIN.test(type.getPackageName())
                || Stream.concat(uses.stream(), libraries.stream()).anyMatch(entry -> covers(entry, type));
    }

    /** An entry is a package, a pattern of packages, or a type with all that is nested in it. */
    static boolean covers(String entry, JavaClass type) {
        return PackageMatcher.of(entry).matches(type.getPackageName())
                || (type.getName() + "$").startsWith(entry + "$");
    }

    boolean mayShow(JavaClass type) {
        return shows.isEmpty() || !isPublic(type) || shows.contains(type.getSimpleName());
    }

    static boolean isPublic(JavaClass type) {
        return type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC);
    }

    static JavaClass target(Dependency dependency) {
        return dependency.getTargetClass().getBaseComponentType();
    }

    @Override
    public String toString() {
        return name;
    }
}
