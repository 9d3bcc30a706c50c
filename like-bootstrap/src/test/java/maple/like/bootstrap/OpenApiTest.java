package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maple.like.adapter.jpa.RecordingDataSource;
import maple.like.application.contract.Fresh;
import org.example.client.ApiClient;
import org.example.client.ApiException;
import org.example.client.api.LikesApi;
import org.example.client.model.Batch;
import org.example.client.model.BatchEntry;
import org.example.client.model.Problem;
import org.example.client.model.ProblemCode;
import org.example.client.model.Status;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A running service answers as the document of the API says. */
class OpenApiTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch", "head", "options");
    private static final Pattern ADDRESS = Pattern.compile("(?:src|href)=\"([^\"]*)\"");

    @AutoClose
    private static Servers servers;

    @AutoClose
    private static FakeNexon nexon;

    private static Service service;
    private static String character;
    private static JsonNode document;

    @BeforeAll
    static void start() {
        servers = new Servers();
        nexon = new FakeNexon();
        service = servers.startWith(
                Additions.class,
                Stream.concat(
                                Stream.of(nexon.configuration()),
                                Stream.of("like.limits.changes-per-minute=120", "like.limits.reads-per-minute=120"))
                        .toArray(String[]::new));
        character = servers.character("Documented");
        document = Yaml.read(service.get("/openapi.yaml").body());
    }

    @Configuration(proxyBeanMethods = false)
    @Import({RecordedDatabase.class, Provoked.class})
    static class Additions {}

    /** Gives the responses that no request to the service's own paths provokes. */
    @RestController
    static final class Provoked {
        @GetMapping("/provoked/{status}")
        void fail(@PathVariable("status") int status) {
            throw status == 500
                    ? new IllegalStateException("on purpose")
                    : new ResponseStatusException(HttpStatusCode.valueOf(status));
        }
    }

    /** All operations of the document, as {@code get /path}. */
    static Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        document.get("paths")
                .forEachEntry((path, methods) -> methods.propertyNames().stream()
                        .filter(METHODS::contains)
                        .forEach(method -> operations.add(method + " " + path)));
        return operations;
    }

    /** All but those that answer without an end; see LiveCountsTest. */
    static List<String> finiteOperations() {
        return operations().stream()
                .filter(operation -> !operation.endsWith("/stream"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("finiteOperations")
    void everyOperationAnswersAsTheDocumentSays(String operation) {
        String method = operation.substring(0, operation.indexOf(' '));
        String path = operation.substring(method.length() + 1);
        HttpResponse<String> answer = service.send(
                method.toUpperCase(Locale.ROOT),
                path.replace("{userIgn}", character).replace("{accountId}", "account-2") + requiredQuery(path),
                path.contains("{accountId}")
                        ? Service.OPERATOR
                        : Service.token("account-1", path.endsWith("/likers") ? Servers.ocid(character) : "none"));
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode response = response(method, path, 200);
        assertAsDescribed(answer, response);
        if (response.at("/content/application~1json").isObject()) {
            String name = nameOf(response.at("/content/application~1json/schema/$ref"));
            JsonNode data = document.at("/components/schemas/" + name + "/properties/data/$ref");
            assertValid(
                    JSON.readTree(answer.body()).get("data").toString(),
                    document.at(data.asString().substring(1)));
        }
    }

    private static String requiredQuery(String path) {
        boolean takesNames = document.at("/paths")
                .get(path)
                .path("parameters")
                .valueStream()
                .anyMatch(parameter -> nameOf(parameter.get("$ref")).equals("userIgns"));
        return takesNames ? "?userIgn=Unknown&userIgn=" + character : "";
    }

    @Test
    void everyPathOfTheApiIsInTheDocument() {
        Set<String> mapped = service
                .bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .entrySet()
                .stream()
                .filter(entry -> entry.getValue().getBeanType().getPackageName().startsWith("maple.like.adapter.web"))
                .map(Map.Entry::getKey)
                .flatMap(info -> info.getPatternValues().stream()
                        .flatMap(path -> info.getMethodsCondition().getMethods().stream()
                                .map(method -> method.name().toLowerCase(Locale.ROOT) + " " + path)))
                .filter(operation -> !operation.equals("get /docs.js")) // a part of the page
                .collect(Collectors.toSet());
        assertThat(mapped).isNotEmpty().isEqualTo(operations());
    }

    static List<String> codes() {
        return document.at("/components/schemas/ProblemCode/enum")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("codes")
    void everyProblemIsAnsweredAsTheDocumentSays(String code) {
        HttpResponse<String> answer = provoke(code);
        JsonNode body = JSON.readTree(answer.body());
        assertThat(body.get("code").asString()).isEqualTo(code);
        assertThat(body.get("status").asInt()).isEqualTo(answer.statusCode());
        assertAsDescribed(answer, responseOf(code));
        String sent = answer.uri().getRawPath();
        if (sent.startsWith("/api/") && !code.equals("METHOD_NOT_ALLOWED")) {
            String method = answer.request().method().toLowerCase(Locale.ROOT);
            String path = sent.replaceFirst("/characters/[^/]*/", "/characters/{userIgn}/");
            assertThat(response(method, path, answer.statusCode())).isEqualTo(responseOf(code));
        }
    }

    /** The build generates it from the document. */
    @Test
    void aGeneratedClientLikesACharacterAndReadsProblems() throws ApiException {
        String name = servers.character(Fresh.name().value());
        String token = Service.token(Fresh.account().value());
        ApiClient client = new ApiClient();
        client.updateBaseUri(service.address());
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
        LikesApi likes = new LikesApi(client);

        assertThat(likes.like(name, null, null).getData())
                .isEqualTo(new Status().liked(true).likeCount(1L));
        Batch batch = likes.readMany(List.of(name, "Unknown"), null, null).getData();
        assertThat(batch.getCharacters())
                .containsExactly(new BatchEntry().userIgn(name).likeCount(1L).liked(true));
        assertThat(batch.getUnknown()).containsExactly("Unknown");
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> likes.readCount("Unknown", null, null))
                .extracting(problem -> client.getObjectMapper()
                        .readValue(problem.getResponseBody(), Problem.class)
                        .getCode())
                .isEqualTo(ProblemCode.CHARACTER_NOT_FOUND);
    }

    private static HttpResponse<String> provoke(String code) {
        String token = Service.token("account-1", Servers.ocid("Own"));
        return switch (code) {
            case "INVALID_CHARACTER_NAME" -> service.send("POST", Service.path("x".repeat(65), "/like"), token);
            case "INVALID_REQUEST" -> service.get("/api/v2/characters/likes");
            case "BAD_REQUEST" -> service.send("PUT", "/api/v2/characters/a;b/like", token);
            case "UNAUTHENTICATED" -> service.send("DELETE", Service.path(character, "/like"), "nonsense");
            case "FORBIDDEN" -> service.send("GET", "/actuator/prometheus", token);
            case "SELF_LIKE_NOT_ALLOWED" ->
                service.send("POST", Service.path(servers.character("Own"), "/like"), token);
            case "CHARACTER_NOT_FOUND" -> service.get(Service.path("Unknown", "/like/count"));
            case "NOT_FOUND" -> service.get("/nowhere");
            case "METHOD_NOT_ALLOWED" -> service.send("PATCH", Service.path(character, "/like"), token);
            case "NOT_ACCEPTABLE" ->
                Service.send(service.request("GET", Service.path(character, "/like/count"))
                        .header("Accept", "text/html"));
            case "CONTENT_TOO_LARGE" -> service.get("/provoked/413");
            case "IDEMPOTENCY_KEY_REUSED" -> {
                postWithKey(character);
                yield postWithKey(servers.character(Fresh.name().value()));
            }
            case "TOO_MANY_CHANGES" -> untilRefused("PUT", "/like");
            case "TOO_MANY_READS" -> untilRefused("GET", "/like/status");
            case "UNSUPPORTED_MEDIA_TYPE" -> service.get("/provoked/415");
            case "REQUEST_HEADERS_TOO_LARGE" -> service.get("/provoked/431");
            case "INTERNAL_ERROR" -> service.get("/provoked/500");
            case "LIKES_UNAVAILABLE" -> withoutDatabase(token);
            case "ERASURE_UNDER_WAY" -> {
                servers.sql.update("insert into like_erasure values ('account-3', '2999-01-01')");
                yield service.send("DELETE", "/api/v2/accounts/me/likes", Service.token("account-3"));
            }
            case "CHARACTER_LOOKUP_UNAVAILABLE" -> {
                nexon.fails("Later", 500, FakeNexon.error("OPENAPI00001"));
                yield service.send("GET", Service.path("Later", "/like/status"), token);
            }
            default -> throw new AssertionError("no request provokes " + code);
        };
    }

    private static HttpResponse<String> postWithKey(String name) {
        return Service.send(service.request("POST", Service.path(name, "/like"))
                .header("Authorization", "Bearer " + Service.token("account-1"))
                .header("Idempotency-Key", "documented"));
    }

    private static HttpResponse<String> untilRefused(String method, String rest) {
        String token = Service.token(Fresh.account().value());
        return Stream.generate(() -> service.send(method, Service.path(character, rest), token))
                .filter(answer -> answer.statusCode() != 200)
                .findFirst()
                .orElseThrow();
    }

    private static HttpResponse<String> withoutDatabase(String token) {
        String unknown = servers.character(Fresh.name().value());
        service.bean(RecordingDataSource.class).refuseConnections(true);
        try {
            return service.send("POST", Service.path(unknown, "/like"), token);
        } finally {
            service.bean(RecordingDataSource.class).refuseConnections(false);
        }
    }

    /** What the document says of an answer to an operation. */
    private static JsonNode response(String method, String path, int status) {
        JsonNode response = document.get("paths")
                .required(path)
                .required(method)
                .required("responses")
                .required(String.valueOf(status));
        JsonNode reference = response.path("$ref");
        return reference.isMissingNode()
                ? response
                : document.at(reference.asString().substring(1));
    }

    /** The one answer that has the code of a problem. */
    private static JsonNode responseOf(String problem) {
        return document.at("/components/responses")
                .valueStream()
                .filter(response -> response.get("description").asString().contains("- `" + problem + "`: "))
                .collect(Collectors.collectingAndThen(Collectors.toList(), found -> {
                    assertThat(found).as(problem).hasSize(1);
                    return found.get(0);
                }));
    }

    private static void assertAsDescribed(HttpResponse<String> answer, JsonNode response) {
        String type = answer.headers().firstValue("Content-Type").orElse("none").replaceFirst(";.*", "");
        assertThat(response.get("content").propertyNames()).containsExactly(type);
        if (type.endsWith("json")) {
            assertValid(answer.body(), response.get("content").get(type).get("schema"));
        }
        response.get("headers").forEachEntry((name, reference) -> {
            String value = answer.headers().firstValue(name).orElse(null);
            JsonNode header = document.at(reference.get("$ref").asString().substring(1));
            assertThat(value != null || !header.get("required").asBoolean())
                    .as(name)
                    .isTrue();
            if (value != null) {
                assertValid(JSON.writeValueAsString(value), header.get("schema"));
            }
        });
    }

    /** Holds everything that the schema requires, and nothing that it does not know. */
    private static void assertValid(String json, JsonNode schema) {
        ObjectNode strict = JSON.createObjectNode();
        strict.putArray("allOf").add(schema);
        strict.put("unevaluatedProperties", false);
        strict.set("components", document.get("components"));
        assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(strict.toString(), InputFormat.JSON)
                        .validate(json, InputFormat.JSON))
                .as(json)
                .isEmpty();
    }

    private static String nameOf(JsonNode reference) {
        return reference.asString().substring(reference.asString().lastIndexOf('/') + 1);
    }

    @Test
    void thePageIsPublicAndLoadsEverythingFromThisHost() {
        HttpResponse<String> page = service.get("/docs");
        // What a browser needs to show the page, to load the document and to try out calls; see ApiPageTest.
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .contains("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                        + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        assertThat(page.body()).doesNotContain("<style", "style=", "<script>", "onclick");
        assertThat(page.body()).doesNotContain("//").doesNotContain("${");
        Set<String> parts = ADDRESS.matcher(page.body())
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
        assertThat(parts).hasSize(4).allSatisfy(part -> {
            HttpResponse<String> answer = service.get("/" + part);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isNotEmpty();
            if (part.endsWith(".js")) {
                assertThat(answer.headers().firstValue("Content-Type"))
                        .hasValueSatisfying(type -> assertThat(type).startsWith("text/javascript"));
            }
        });
    }
}
