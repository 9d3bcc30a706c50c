package maple.like.bootstrap.architecture;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.PackageMatcher;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules can fail, and fail for what they name. */
class ArchitectureRulesTest {
    private static final String FIXTURES = ArchitectureRulesTest.class.getPackageName() + ".fixture";
    private static final String OFFENDER = "Offending";

    /** Also fails for a rule without a fixture: nothing would offend. */
    @ParameterizedTest
    @EnumSource
    void everyRuleReportsEachOffenderOfItsFixtureAndNobodyElse(Rule rule) {
        String base = FIXTURES + "." + folder(rule);
        JavaClasses fixture = new ClassFileImporter().importPackages(base);
        Set<String> offenders = fixture.stream()
                .filter(type -> type.getSimpleName().startsWith(OFFENDER))
                .map(JavaClass::getName)
                .collect(toSet());
        assertThat(offenders).as("offenders in " + base).isNotEmpty();

        List<String> violations =
                rule.under(base).evaluate(fixture).getFailureReport().getDetails();

        assertThat(offenders)
                .allSatisfy(offender -> assertThat(violations).anyMatch(violation -> violation.contains(offender)));
        assertThat(violations).allMatch(violation -> offenders.stream().anyMatch(violation::contains));
    }

    @Test
    void everyFixtureBelongsToARule() {
        Set<String> folders = new ClassFileImporter()
                .importPackages(FIXTURES).stream()
                        .map(type -> type.getPackageName().substring(FIXTURES.length() + 1))
                        .map(path -> path.substring(0, path.indexOf('.')))
                        .collect(toSet());
        assertThat(folders)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Rule.values())
                        .map(ArchitectureRulesTest::folder)
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void everyPartThatRulesSpeakOfHasClasses(Part part) {
        PackageMatcher packages = PackageMatcher.of(part.under(Production.BASE));
        assertThat(Production.classes().stream().filter(type -> packages.matches(type.getPackageName())))
                .isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void everyEntryOfAWhitelistIsNeeded(Whitelist whitelist) {
        PackageMatcher inside = PackageMatcher.of(whitelist.part.under(Production.BASE));
        Set<String> used = Production.classes().stream()
                .filter(type -> inside.matches(type.getPackageName()))
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .map(dependency -> dependency.getTargetClass().getPackageName())
                .collect(toSet());
        Set<String> allowed = new TreeSet<>(whitelist.libraries);
        whitelist.parts.forEach(part -> allowed.add(part.under(Production.BASE)));

        allowed.removeIf(entry -> used.stream().anyMatch(PackageMatcher.of(entry)::matches));

        assertThat(allowed).as("allowed, but used by nobody").isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeOfADoorExistsAndIsVisible(Door door) {
        PackageMatcher inside = PackageMatcher.of(door.part.under(Production.BASE));
        assertThat(door.types).allSatisfy(name -> {
            JavaClass type = Production.classes().get(Production.BASE + "." + name);
            assertThat(inside.matches(type.getPackageName())).isTrue();
            assertThat(Door.isVisible(type)).isTrue();
        });
    }

    @ParameterizedTest
    @EnumSource
    void whoeverMayTakeWhatIsAmbientTakesIt(Ambient ambient) {
        Map<String, Set<String>> taken = Production.classes().stream()
                .flatMap(type -> type.getAccessesFromSelf().stream())
                .filter(ambient::isTaken)
                .collect(groupingBy(
                        access -> Ambient.takerOf(Production.BASE, access), mapping(Ambient::takenBy, toSet())));
        assertThat(taken).isEqualTo(ambient.takers);
    }

    private static String folder(Rule rule) {
        return rule.name().toLowerCase(Locale.ROOT);
    }
}
