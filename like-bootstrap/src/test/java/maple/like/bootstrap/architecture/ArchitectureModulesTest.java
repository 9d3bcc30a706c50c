package maple.like.bootstrap.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The modules as they are built. */
class ArchitectureModulesTest {
    @ParameterizedTest
    @EnumSource
    void everyModuleIsLookedAt(Production module) {
        assertThat(Production.classes().contain(module.witness)).isTrue();
    }

    @Test
    void nothingElseIsLookedAtThanWhatIsShipped() {
        assertThat(Production.classes())
                .isNotEmpty()
                .allSatisfy(type -> assertThat(type.getDirectDependenciesFromSelf())
                        .noneMatch(dependency ->
                                dependency.getTargetClass().getName().startsWith("org.junit.")));
        assertThat(Production.classes().contain("maple.like.application.memory.ModelLikes"))
                .isFalse();
        assertThat(Production.classes().contain(ArchitectureModulesTest.class)).isFalse();
    }

    /** A new module does not escape the rules: it must be named here. */
    @Test
    void whatIsNotLookedAtIsATest() {
        List<URI> others = new ArrayList<>();
        new ClassFileImporter()
                .withImportOption(file -> {
                    if (!Production.includes(file.asURI())) {
                        others.add(file.asURI());
                    }
                    return false;
                })
                .importPackages(Production.BASE);
        assertThat(others).isNotEmpty().allMatch(file -> file.toString().matches(".*(/test-classes/|-tests\\.jar!).*"));
    }

    @Test
    void theDomainIsAModuleThatRequiresJavaBaseAloneAndExportsOnePackage() {
        ModuleDescriptor domain = ModuleFinder.of(Path.of(Production.DOMAIN.location()))
                .find("maple.like.domain")
                .orElseThrow()
                .descriptor();
        assertThat(domain.isOpen()).isFalse();
        assertThat(domain.requires())
                .extracting(ModuleDescriptor.Requires::name)
                .containsExactly("java.base");
        assertThat(domain.exports()).singleElement().satisfies(exported -> {
            assertThat(exported.source()).isEqualTo("maple.like.domain");
            assertThat(exported.isQualified()).isFalse();
        });
        assertThat(domain.packages()).containsExactly("maple.like.domain");
        assertThat(domain.opens()).isEmpty();
        assertThat(domain.uses()).isEmpty();
        assertThat(domain.provides()).isEmpty();
    }
}
