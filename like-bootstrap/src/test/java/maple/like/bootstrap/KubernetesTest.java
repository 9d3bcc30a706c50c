package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;

/** What kubectl makes of {@code deploy/kubernetes} is valid, and fits together and the service. */
class KubernetesTest {
    private static final Path DEPLOY = Path.of("..", "deploy").toAbsolutePath().normalize();

    /** Of the Prometheus operator, as far as it is used here. */
    private record PrometheusRule(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {
        record Spec(JsonNode groups) {}
    }

    private record ServiceMonitor(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {
        record Spec(LabelSelector selector, String jobLabel, List<Endpoint> endpoints) {}

        record Endpoint(String port, String path, String interval) {}
    }

    private static final Map<String, Class<?>> KINDS = new HashMap<>(Map.of(
            "monitoring.coreos.com/v1 PrometheusRule", PrometheusRule.class,
            "monitoring.coreos.com/v1 ServiceMonitor", ServiceMonitor.class));

    static {
        Stream.of(
                        ConfigMap.class,
                        Deployment.class,
                        HorizontalPodAutoscaler.class,
                        Namespace.class,
                        NetworkPolicy.class,
                        PodDisruptionBudget.class,
                        Secret.class,
                        io.fabric8.kubernetes.api.model.Service.class,
                        StatefulSet.class)
                .forEach(kind -> KINDS.put(HasMetadata.getApiVersion(kind) + " " + HasMetadata.getKind(kind), kind));
    }

    /** The classes keep properties that they do not know, unless Jackson overlooks where. */
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
                    return false;
                }
            })
            .build();

    private static final Map<String, List<Object>> OVERLAYS = new HashMap<>();

    @BeforeAll
    static void build(@TempDir Path directory) throws Exception {
        for (String overlay : List.of("demo", "production")) {
            Path output = directory.resolve("output");
            Path errors = directory.resolve("errors");
            String folder = DEPLOY.resolve("kubernetes").resolve(overlay).toString();
            Process process = OptionalTool.start("kubectl", "kubectl (unstable)", output, errors, "kustomize", folder);
            assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
            assertThat(errors).as("warnings").isEmptyFile();
            OVERLAYS.put(
                    overlay,
                    Arrays.stream(Files.readString(output).split("(?m)^---$"))
                            .<Object>map(KubernetesTest::resource)
                            .toList());
        }
    }

    private static Object resource(String yaml) {
        JsonNode tree = Yaml.read(yaml);
        String kind = tree.get("apiVersion").asString() + " " + tree.get("kind").asString();
        assertThat(KINDS).containsKey(kind);
        return STRICT.treeToValue(tree, KINDS.get(kind));
    }

    private static <T> Stream<T> all(String overlay, Class<T> kind) {
        return OVERLAYS.get(overlay).stream().filter(kind::isInstance).map(kind::cast);
    }

    private static <T> T only(String overlay, Class<T> kind) {
        List<T> found = all(overlay, kind).toList();
        assertThat(found).as(kind.getSimpleName()).hasSize(1);
        return found.get(0);
    }

    private static PodTemplateSpec pods(String overlay) {
        return only(overlay, Deployment.class).getSpec().getTemplate();
    }

    private static Container container(String overlay) {
        return pods(overlay).getSpec().getContainers().get(0);
    }

    @Test
    void aMisspelledPropertyIsFound() {
        assertThatThrownBy(() -> resource("{apiVersion: v1, kind: Service, spec: {selectors: {}}}"))
                .isInstanceOf(UnrecognizedPropertyException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "production"})
    void everythingSelectsThePodsOfTheService(String overlay) {
        Map<String, String> labels = pods(overlay).getMetadata().getLabels();
        String name = only(overlay, Deployment.class).getMetadata().getName();
        var target = only(overlay, HorizontalPodAutoscaler.class).getSpec().getScaleTargetRef();
        assertThat(List.of(target.getApiVersion(), target.getKind(), target.getName()))
                .containsExactly("apps/v1", "Deployment", name);
        assertThat(List.of(
                        only(overlay, Deployment.class).getSpec().getSelector(),
                        only(overlay, PodDisruptionBudget.class).getSpec().getSelector(),
                        only(overlay, NetworkPolicy.class).getSpec().getPodSelector(),
                        pods(overlay)
                                .getSpec()
                                .getTopologySpreadConstraints()
                                .get(0)
                                .getLabelSelector()))
                .extracting(LabelSelector::getMatchLabels)
                .containsOnly(labels);
        Map<Map<String, String>, List<String>> ports = Stream.concat(
                        Stream.of(pods(overlay)),
                        all(overlay, StatefulSet.class).map(set -> set.getSpec().getTemplate()))
                .collect(Collectors.toMap(
                        pod -> pod.getMetadata().getLabels(),
                        pod -> pod.getSpec().getContainers().stream()
                                .flatMap(container -> container.getPorts().stream())
                                .map(ContainerPort::getName)
                                .toList()));
        assertThat(all(overlay, io.fabric8.kubernetes.api.model.Service.class))
                .isNotEmpty()
                .allSatisfy(service -> assertThat(ports.get(service.getSpec().getSelector()))
                        .containsAll(service.getSpec().getPorts().stream()
                                .map(port -> port.getTargetPort().getStrVal())
                                .toList()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "production"})
    void aPodRunsWithoutPrivilegesAndEndsAfterTheService(String overlay) {
        var pod = pods(overlay).getSpec();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        var security = container(overlay).getSecurityContext();
        assertThat(security.getReadOnlyRootFilesystem()).isTrue();
        assertThat(security.getAllowPrivilegeEscalation()).isFalse();
        assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container(overlay).getVolumeMounts())
                .singleElement()
                .satisfies(mount -> assertThat(mount.getMountPath()).isEqualTo("/tmp"));
        List<String> pause =
                container(overlay).getLifecycle().getPreStop().getExec().getCommand();
        assertThat(pause).hasSize(2).startsWith("sleep");
        Duration stop = Duration.ofSeconds(Long.parseLong(pause.get(1)))
                .plus(ConnectionDrain.LONGEST)
                .plus(new LifecycleProperties().getTimeoutPerShutdownPhase())
                .plus(Erasures.STOP_TIMEOUT)
                .plus(FlushSchedule.WAIT_FOR_ROUNDS);
        assertThat(Duration.ofSeconds(pod.getTerminationGracePeriodSeconds())).isGreaterThan(stop);
    }

    /** A misspelled property would fail the start, leave the service in local mode, or change no port. */
    @Test
    void theServiceStartsAsAPodAndAnswersTheProbes() throws IOException {
        Map<String, String> variables = container("demo").getEnv().stream()
                .collect(Collectors.toMap(
                        EnvVar::getName,
                        variable -> variable.getValue() == null
                                ? variable.getValueFrom().getFieldRef().getFieldPath()
                                : variable.getValue()));
        String secretName = container("demo").getEnvFrom().get(0).getSecretRef().getName();
        Secret secret = all("demo", Secret.class)
                .filter(each -> each.getMetadata().getName().equals(secretName))
                .findAny()
                .orElseThrow();
        try (Stream<String> lines = Files.lines(DEPLOY.resolve("kubernetes/production/secret.env.example"))) {
            assertThat(lines.filter(line -> !line.startsWith("#")).map(line -> line.split("=", 2)[0]))
                    .containsExactlyInAnyOrderElementsOf(secret.getData().keySet());
        }
        assertThat(port("demo", "http")).isEqualTo(new TomcatServletWebServerFactory().getPort());
        assertThat(port("demo", "management")).isEqualTo(Integer.parseInt(variables.get("MANAGEMENT_SERVER_PORT")));

        try (Servers servers = new Servers()) {
            Map<String, String> properties = new HashMap<>();
            servers.configuration().forEach((property, value) -> properties.put(canonical(property), value));
            properties
                    .keySet()
                    .retainAll(secret.getData().keySet().stream()
                            .map(KubernetesTest::property)
                            .toList());
            assertThat(properties).hasSameSizeAs(secret.getData());
            variables.forEach((variable, value) -> properties.put(property(variable), value));
            properties.put("management.server.port", "0");
            try (Service service = Service.start(properties)) {
                assertThat(service.property("app.instance-id")).isEqualTo("metadata.name");
                assertThat(service.property("like.local.active")).isEqualTo("false");
                String management = "http://127.0.0.1:" + service.property("local.management.port");
                Container container = container("demo");
                assertThat(Stream.of(
                                        container.getStartupProbe(),
                                        container.getReadinessProbe(),
                                        container.getLivenessProbe())
                                .map(Probe::getHttpGet))
                        .allSatisfy(
                                probe -> assertThat(probe.getPort().getStrVal()).isEqualTo("management"))
                        .extracting(HTTPGetAction::getPath)
                        .containsExactly(
                                "/actuator/health/readiness",
                                "/actuator/health/readiness",
                                "/actuator/health/liveness");
                var scraped = only("production", ServiceMonitor.class)
                        .spec()
                        .endpoints()
                        .get(0);
                assertThat(scraped.port()).isEqualTo("management");
                for (String path : List.of(
                        container.getReadinessProbe().getHttpGet().getPath(),
                        container.getLivenessProbe().getHttpGet().getPath(),
                        scraped.path())) {
                    assertThat(Service.send(HttpRequest.newBuilder(URI.create(management + path)))
                                    .statusCode())
                            .as(path)
                            .isEqualTo(200);
                }
            }
        }
    }

    private static int port(String overlay, String name) {
        return container(overlay).getPorts().stream()
                .filter(port -> port.getName().equals(name))
                .findAny()
                .orElseThrow()
                .getContainerPort();
    }

    /** The property that Spring Boot takes a variable for, without dashes. */
    private static String property(String variable) {
        return variable.toLowerCase(Locale.ROOT).replace('_', '.');
    }

    private static String canonical(String property) {
        return property.replace("-", "");
    }

    @Test
    void prometheusScrapesTheServiceAsTheJobOfTheAlerts() throws IOException {
        var monitor = only("production", ServiceMonitor.class).spec();
        var service = only("production", io.fabric8.kubernetes.api.model.Service.class);
        assertThat(service.getMetadata().getLabels())
                .containsAllEntriesOf(monitor.selector().getMatchLabels())
                .containsEntry(monitor.jobLabel(), "like-service");
        assertThat(service.getSpec().getPorts())
                .extracting(ServicePort::getName)
                .contains(monitor.endpoints().get(0).port());
        JsonNode rules = Yaml.read(DEPLOY.resolve("prometheus/alerts.yml")).get("groups");
        assertThat(only("production", PrometheusRule.class).spec().groups())
                .as("run deploy/kubernetes/monitoring/make-alerts")
                .isEqualTo(rules);
        assertThat(only("production", ConfigMap.class).getData())
                .containsEntry(
                        "like-service.json", Files.readString(DEPLOY.resolve("grafana/dashboards/like-service.json")));
    }
}
