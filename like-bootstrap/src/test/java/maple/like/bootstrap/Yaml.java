package maple.like.bootstrap;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.springframework.beans.factory.config.YamlMapFactoryBean;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** YAML as a tree of JSON. */
final class Yaml {
    private Yaml() {}

    static JsonNode read(Path file) {
        return read(new FileSystemResource(file));
    }

    static JsonNode read(String text) {
        return read(new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static JsonNode read(Resource resource) {
        YamlMapFactoryBean yaml = new YamlMapFactoryBean();
        yaml.setResources(resource);
        return JsonMapper.shared().valueToTree(yaml.getObject());
    }
}
