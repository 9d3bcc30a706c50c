package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bill of materials within the jar. */
@EnabledIfSystemProperty(named = "packaged.sbom", matches = ".+", disabledReason = "-Prelease makes it")
class PackagedSbomIT {
    private static final String SBOM = "META-INF/sbom/application.cdx.json";
    private static final String LIBRARIES = "BOOT-INF/lib/";
    private static final Pattern CLASSIFIER = Pattern.compile("[?&]classifier=([^&]+)");

    private static JsonNode sbom(JarFile jar) throws IOException {
        assertThat(jar.getJarEntry(SBOM)).as(SBOM).isNotNull();
        try (InputStream in = jar.getInputStream(jar.getJarEntry(SBOM))) {
            return JsonMapper.shared().readTree(in);
        }
    }

    private static List<String> files(JsonNode sbom) {
        List<String> files = new ArrayList<>();
        for (JsonNode component : sbom.get("components")) {
            Matcher classifier = CLASSIFIER.matcher(component.get("purl").asString());
            String suffix = classifier.find() ? "-" + classifier.group(1) : "";
            files.add(component.get("name").asString() + "-"
                    + component.get("version").asString() + suffix + ".jar");
        }
        return files;
    }

    @Test
    void theJarSaysWhatItIsMadeOf() throws IOException {
        try (JarFile jar = new JarFile(System.getProperty("packaged.jar"))) {
            JsonNode sbom = sbom(jar);
            assertThat(sbom.get("bomFormat").asString()).isEqualTo("CycloneDX");
            assertThat(sbom.at("/metadata/component/name").asString()).isEqualTo("like-bootstrap");
            assertThat(files(sbom)).anyMatch(file -> file.startsWith("lettuce-core-"));
            assertThat(jar.getManifest().getMainAttributes().getValue("Sbom-Location"))
                    .as("where the endpoint looks for it")
                    .isEqualTo(SBOM);
        }
    }

    @Test
    void everyLibraryInTheJarIsListedAndNothingElse() throws IOException {
        try (JarFile jar = new JarFile(System.getProperty("packaged.jar"))) {
            List<String> libraries = jar.stream()
                    .map(entry -> entry.getName())
                    .filter(entry -> entry.startsWith(LIBRARIES) && entry.endsWith(".jar"))
                    .map(entry -> entry.substring(LIBRARIES.length()))
                    .filter(file -> !file.startsWith("spring-boot-jarmode-tools-"))
                    .toList();
            assertThat(files(sbom(jar)))
                    .filteredOn(file -> !file.startsWith("spring-boot-starter-")) // empty, so they are not packed
                    .containsExactlyInAnyOrderElementsOf(libraries);
        }
    }
}
