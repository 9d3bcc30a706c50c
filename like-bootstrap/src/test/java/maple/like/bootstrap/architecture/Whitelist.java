package maple.like.bootstrap.architecture;

import static maple.like.bootstrap.architecture.Part.DOMAIN;
import static maple.like.bootstrap.architecture.Part.PORTS_IN;
import static maple.like.bootstrap.architecture.Part.PORTS_OUT;
import static maple.like.bootstrap.architecture.Part.SHARED;

import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a part may depend on besides itself. Nothing else is allowed, whoever makes it. */
enum Whitelist {
    OF_THE_DOMAIN(
            Part.DOMAIN, Set.of(), Set.of("java.lang", "java.text", "java.time", "java.util", "java.util.stream")),
    OF_WHAT_THE_APPLICATION_SHARES(
            Part.SHARED,
            Set.of(DOMAIN),
            Set.of("java.lang", "java.nio.charset", "java.util.stream", "java.util.zip", "org.jspecify.annotations")),
    OF_PORTS_IN(Part.PORTS_IN, Set.of(DOMAIN), Set.of("java.lang", "java.util", "org.jspecify.annotations")),
    OF_PORTS_OUT(
            Part.PORTS_OUT,
            Set.of(DOMAIN, PORTS_IN),
            Set.of("java.lang", "java.util", "java.util.function", "org.jspecify.annotations")),
    OF_SERVICES(
            Part.SERVICES,
            Set.of(DOMAIN, PORTS_IN, PORTS_OUT),
            Set.of("java.lang", "java.time", "java.util", "org.jspecify.annotations")),
    OF_THE_FALLBACK(
            Part.FALLBACK,
            Set.of(DOMAIN, SHARED, PORTS_OUT),
            Set.of("java.lang", "java.util", "java.util.function", "java.util.stream", "org.jspecify.annotations")),
    OF_THE_DIRECTORY(
            Part.DIRECTORY, Set.of(DOMAIN, PORTS_OUT), Set.of("java.lang", "java.util", "org.jspecify.annotations")),
    OF_THE_MEMORY(
            Part.MEMORY,
            Set.of(DOMAIN, SHARED, PORTS_OUT),
            Set.of(
                    "java.lang",
                    "java.util",
                    "java.util.concurrent",
                    "java.util.concurrent.atomic",
                    "java.util.concurrent.locks",
                    "java.util.function",
                    "java.util.stream",
                    "org.jspecify.annotations")),
    OF_THE_REDIS_ADAPTER(
            Part.REDIS,
            Set.of(DOMAIN, SHARED, PORTS_IN, PORTS_OUT),
            Set.of(
                    "java..",
                    "com.github.benmanes.caffeine..",
                    "io.lettuce..",
                    "io.micrometer.core..",
                    "org.jspecify.annotations",
                    "org.slf4j",
                    "tools.jackson.core..")),
    OF_THE_JPA_ADAPTER(
            Part.JPA,
            Set.of(DOMAIN, SHARED, PORTS_OUT),
            Set.of("java..", "javax.sql", "jakarta.persistence..", "org.hibernate..", "org.jspecify.annotations")),
    OF_THE_WEB_ADAPTER(
            Part.WEB,
            Set.of(DOMAIN, SHARED, PORTS_IN),
            Set.of(
                    "java..",
                    "com.github.benmanes.caffeine..",
                    "javax.crypto..",
                    "jakarta.servlet..",
                    "org.jspecify.annotations",
                    "org.slf4j",
                    "org.springframework.beans..",
                    "org.springframework.context..",
                    "org.springframework.core..",
                    "org.springframework.http..",
                    "org.springframework.security..",
                    "org.springframework.web..",
                    "tools.jackson.databind..")),
    OF_THE_NEXON_ADAPTER(
            Part.NEXON,
            Set.of(DOMAIN, SHARED, PORTS_OUT),
            Set.of("java..", "org.jspecify.annotations", "tools.jackson.databind.."));

    final Part part;
    final Set<Part> parts;
    final Set<String> libraries;

    Whitelist(Part part, Set<Part> parts, Set<String> libraries) {
        this.part = part;
        this.parts = parts;
        this.libraries = libraries;
    }

    ArchRule rule(String base) {
        List<String> allowed = new ArrayList<>(libraries);
        allowed.add(part.under(base));
        parts.forEach(other -> allowed.add(other.under(base)));
        return ArchRuleDefinition.classes()
                .that()
                .resideInAPackage(part.under(base))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed.toArray(String[]::new));
    }
}
