package maple.like.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.YamlMapFactoryBean;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The document knows the problems of the code, each with its status. */
class OpenApiTest {
    private final JsonNode document = document();

    private static JsonNode document() {
        YamlMapFactoryBean yaml = new YamlMapFactoryBean();
        yaml.setResources(new ClassPathResource("openapi.yaml", DocumentController.class));
        return JsonMapper.shared().valueToTree(yaml.getObject());
    }

    @Test
    void everyCodeIsListedAndNoOther() {
        List<String> listed = document.at("/components/schemas/ProblemCode/enum")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
        assertThat(listed)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Problem.values()).map(Problem::name).toList());
    }

    @Test
    void everyCodeIsInTheAnswerOfItsStatusAndInNoOther() {
        Map<String, Integer> statuses = new TreeMap<>();
        for (JsonNode answer : document.at("/components/responses")) {
            JsonNode particular = answer.at("/content/application~1problem+json/schema/allOf/1/properties");
            for (JsonNode code : particular.at("/code/enum")) {
                Integer other = statuses.put(
                        code.asString(), particular.at("/status/const").asInt());
                assertThat(other).as(code.asString()).isNull();
            }
        }
        assertThat(statuses)
                .isEqualTo(Arrays.stream(Problem.values()).collect(Collectors.toMap(Problem::name, Problem::status)));
    }

    /** The page of the API shows them; what it makes up itself would have the first code of all. */
    @Test
    void everyProblemHasAnExampleThatIsAnswered() {
        for (JsonNode answer : document.at("/components/responses")) {
            JsonNode content = answer.at("/content/application~1problem+json");
            if (!content.isMissingNode()) {
                JsonNode example = content.path("example");
                Problem problem = Problem.valueOf(example.path("code").asString());
                assertThat(example.path("status").asInt()).isEqualTo(problem.status());
                assertThat(example.path("title").asString()).isEqualTo(problem.title());
                assertThat(example.path("detail").asString()).isEqualTo(problem.detail());
                JsonNode codes = content.at("/schema/allOf/1/properties/code/enum");
                assertThat(codes.isMissingNode() || codes.get(0).asString().equals(problem.name()))
                        .as(problem.name())
                        .isTrue();
                assertThat(example.has("requestId")).isEqualTo(problem == Problem.INTERNAL_ERROR);
            }
        }
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        assertThat(document.findValuesAsString("$ref"))
                .isNotEmpty()
                .noneMatch(reference -> document.at(reference.substring(1)).isMissingNode());
    }

    @Test
    void everyNameOfAnOperationIsUsedOnce() {
        Map<String, Long> names = document.findValuesAsString("operationId").stream()
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        assertThat(names)
                .isNotEmpty()
                .allSatisfy((name, times) -> assertThat(times).as(name).isEqualTo(1));
    }
}
