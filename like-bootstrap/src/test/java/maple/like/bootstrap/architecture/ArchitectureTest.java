package maple.like.bootstrap.architecture;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** The shipped classes keep every rule, every rule can fail, and what the rules name exists. */
class ArchitectureTest {
    private static final Pattern TESTS = Pattern.compile(".*(/test-classes/|-tests\\.jar!).*");
    private static final JavaClasses SHIPPED = new ClassFileImporter()
            .withImportOption(location -> !location.matches(TESTS))
            .importPackages(Part.BASE);

    @ParameterizedTest
    @EnumSource
    void shippedClassesKeep(Rule rule) {
        rule.rule.check(SHIPPED);
    }

    @ParameterizedTest
    @EnumSource
    void fixtureBreaks(Rule rule, @TempDir Path folder) throws Exception {
        JavaClasses fixture = rule.fixture.compiledTo(folder);
        String[] bad = fixture.stream()
                .map(JavaClass::getName)
                .filter(Fixture.BAD.asMatchPredicate())
                .toArray(String[]::new);

        List<String> violations = rule.rule.evaluate(fixture).getFailureReport().getDetails();

        assertThat(violations)
                .isNotEmpty()
                .allMatch(text -> Fixture.BAD.matcher(text).find());
        assertThat(Fixture.BAD.matcher(violations.toString()).results().map(MatchResult::group))
                .containsOnly(bad);
    }

    @ParameterizedTest
    @FieldSource("maple.like.bootstrap.architecture.Part#ALL")
    void everyEntryOfTheTableIsUsed(Part part) {
        List<JavaClass> inside = SHIPPED.stream()
                .filter(type -> type.getPackageName().equals(part.name()))
                .toList();
        Set<JavaClass> used = inside.stream()
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .map(Part::target)
                .collect(toSet());

        assertThat(inside).isNotEmpty();
        assertThat(Stream.concat(part.uses().stream(), part.libraries().stream()))
                .allSatisfy(entry -> assertThat(used).anyMatch(type -> Part.covers(entry, type)));
        assertThat(inside.stream().filter(Part::isPublic).map(JavaClass::getSimpleName))
                .containsAll(part.shows());
    }

    @ParameterizedTest
    @EnumSource
    void everyNamedCallerCalls(Calls calls) {
        assertThat(SHIPPED.stream()
                        .filter(type -> calls.from(type).findAny().isPresent())
                        .map(Calls::outermost)
                        .collect(toSet()))
                .containsAll(calls.callers);
    }

    @Test
    void theDomainIsAModuleThatRequiresJavaBaseAloneAtRunTime() throws Exception {
        URI domain = RelationKey.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();
        ModuleReference module =
                ModuleFinder.of(Path.of(domain)).find("maple.like.domain").orElseThrow();

        assertThat(module.descriptor().requires())
                .filteredOn(required -> !required.modifiers().contains(Requires.Modifier.STATIC))
                .extracting(Requires::name)
                .containsExactly("java.base");
    }
}
