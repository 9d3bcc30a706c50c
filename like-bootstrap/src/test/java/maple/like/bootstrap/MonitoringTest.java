package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The alerts and the dashboard in {@code deploy} use metrics that the service has, and are documented and tested. */
class MonitoringTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PROMETHEUS = ROOT.resolve("deploy/prometheus");
    private static final Path DASHBOARD = ROOT.resolve("deploy/grafana/dashboards/like-service.json");
    private static final Path RUNBOOK = ROOT.resolve("docs/operations.md");

    /** Metrics and labels that Prometheus adds. */
    private static final Set<String> OF_PROMETHEUS = Set.of("up", "ALERTS", "job", "instance", "le");

    private static final Pattern SERIES = Pattern.compile("(\\w+)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern SHOWN = Pattern.compile("\\{\\{\\s*(?:\\$labels\\.)?(\\w+)\\s*}}|\\$labels\\.(\\w+)");
    private static final Pattern SECTION = Pattern.compile("^### (Like\\w+)$", Pattern.MULTILINE);

    // Of PromQL: labels that results are grouped or joined by; a metric and its conditions; one condition.
    private static final Pattern GROUPING =
            Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
    private static final Pattern SELECTOR =
            Pattern.compile("(?<![\\w:$\"])([a-zA-Z_]\\w*[_:][\\w:]*|up|ALERTS)(?![\\w:]|\\s*\\()(?:\\{([^}]*)})?");
    private static final Pattern CONDITION = Pattern.compile("(\\w+)\\s*(=~|=|!=|!~)\\s*\"([^\"]*)\"");

    /** An expression, where it is, and texts with placeholders for labels of its result. */
    private record Use(String where, String expression, List<String> texts) {}

    @TempDir
    private Path directory;

    @Test
    void everyMetricAndLabelInUseExists() throws IOException {
        Map<String, List<Map<String, String>>> exposed = exposed();
        Set<String> recorded =
                rules("record").map(rule -> rule.get("record").asString()).collect(Collectors.toSet());
        List<Use> uses = Stream.concat(usesOfRules(), usesOfDashboard()).toList();
        assertThat(uses).hasSizeGreaterThan(40);
        List<String> wrong = new ArrayList<>();
        for (Use use : uses) {
            Set<String> labels = new HashSet<>(OF_PROMETHEUS);
            String ungrouped = GROUPING.matcher(use.expression()).replaceAll("");
            List<Matcher> selectors = matches(SELECTOR, ungrouped);
            assertThat(selectors).as(use.where() + ": " + ungrouped).isNotEmpty();
            for (Matcher selector : selectors) {
                String metric = selector.group(1);
                if (OF_PROMETHEUS.contains(metric) || recorded.contains(metric)) {
                    continue;
                }
                List<Map<String, String>> series = exposed.getOrDefault(metric, List.of());
                if (series.isEmpty()) {
                    wrong.add(use.where() + ": there is no metric " + metric);
                }
                series.forEach(each -> labels.addAll(each.keySet()));
                missing(metric, selector.group(2), series).forEach(missing -> wrong.add(use.where() + ": " + missing));
            }
            if (!use.expression().contains("ALERTS")) {
                labelsIn(use)
                        .filter(label -> !labels.contains(label))
                        .forEach(label -> wrong.add(use.where() + ": no metric of it has the label " + label));
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static List<Matcher> matches(Pattern pattern, String text) {
        List<Matcher> matches = new ArrayList<>();
        for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
            Matcher copy = pattern.matcher(text);
            copy.find(matcher.start());
            matches.add(copy);
        }
        return matches;
    }

    /** Conditions that no series meets. */
    private static Stream<String> missing(String metric, String conditions, List<Map<String, String>> series) {
        return matches(CONDITION, conditions == null ? "" : conditions).stream()
                .filter(condition -> !OF_PROMETHEUS.contains(condition.group(1)))
                .flatMap(condition -> Arrays.stream(condition.group(3).split("\\|"))
                        .filter(value ->
                                series.stream().noneMatch(labels -> value.equals(labels.get(condition.group(1)))))
                        .map(value -> metric + " has no " + condition.group(1) + "=\"" + value + '"'));
    }

    private static Stream<String> labelsIn(Use use) {
        Stream<String> grouped = matches(GROUPING, use.expression()).stream()
                .flatMap(grouping -> Arrays.stream(grouping.group(1).split("[,\\s]+")))
                .filter(label -> !label.isEmpty());
        Stream<String> shown = use.texts().stream()
                .flatMap(text -> matches(SHOWN, text).stream())
                .map(label -> label.group(1) == null ? label.group(2) : label.group(1));
        return Stream.concat(grouped, shown);
    }

    /** Series by metric, each as its labels. */
    private static Map<String, List<Map<String, String>>> exposed() {
        Map<String, List<Map<String, String>>> exposed = new HashMap<>();
        try (Servers servers = new Servers();
                FakeNexon nexon = new FakeNexon();
                Service service = servers.start(nexon.configuration())) {
            String name = servers.character("Monitored");
            service.toggle(name, "account-1");
            service.count(name);
            String metrics = service.send("GET", "/actuator/prometheus", Service.OPERATOR)
                    .body();
            metrics.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                Matcher series = SERIES.matcher(line);
                assertThat(series.matches()).as(line).isTrue();
                Map<String, String> labels = LABEL.matcher(series.group(2) == null ? "" : series.group(2))
                        .results()
                        .collect(Collectors.toMap(label -> label.group(1), label -> label.group(2)));
                exposed.computeIfAbsent(series.group(1), metric -> new ArrayList<>())
                        .add(labels);
            });
        }
        return exposed;
    }

    @Test
    void everyAlertHasASeverityAMeaningAndASectionInTheRunbook() throws IOException {
        assertThat(rules("alert")).hasSizeGreaterThan(5).allSatisfy(alert -> {
            assertThat(alert.at("/for").asString()).isNotBlank();
            assertThat(alert.at("/labels/severity").asString()).isIn("critical", "warning");
            assertThat(alert.at("/annotations/summary").asString()).isNotBlank();
            assertThat(alert.at("/annotations/description").asString()).isNotBlank();
        });
        assertThat(SECTION.matcher(Files.readString(RUNBOOK)).results().map(section -> section.group(1)))
                .as("sections of " + RUNBOOK)
                .containsExactlyInAnyOrderElementsOf(alerts());
    }

    @Test
    void everyAlertIsTestedForFiringAndForSilence() {
        Map<Boolean, Set<String>> tested = Yaml.read(PROMETHEUS.resolve("alerts.test.yml"))
                .get("tests")
                .valueStream()
                .flatMap(test -> test.path("alert_rule_test").valueStream())
                .collect(Collectors.partitioningBy(
                        test -> test.path("exp_alerts").isEmpty(),
                        Collectors.mapping(test -> test.get("alertname").asString(), Collectors.toSet())));
        assertThat(tested.get(false)).as("fire").isEqualTo(alerts());
        assertThat(tested.get(true)).as("silent").isEqualTo(alerts());
    }

    @Test
    void prometheusAcceptsTheRulesTheirTestsAndTheQueriesOfTheDashboard() throws Exception {
        promtool("test", "rules", PROMETHEUS.resolve("alerts.test.yml").toString());
        promtool("check", "config", PROMETHEUS.resolve("prometheus.yml").toString());
        String rules = usesOfDashboard()
                .map(use -> "      - {record: query, labels: {at: \"%s\"}, expr: '%s'}\n"
                        .formatted(
                                use.where(),
                                use.expression()
                                        .replace("$__rate_interval", "1m")
                                        .replace("'", "''")))
                .collect(Collectors.joining("", "groups:\n  - name: dashboard\n    rules:\n", ""));
        promtool(
                "check",
                "rules",
                Files.writeString(directory.resolve("dashboard.yml"), rules).toString());
    }

    private void promtool(String... arguments) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process process = OptionalTool.start("promtool", "prometheus", output, output, arguments);
        assertThat(process.waitFor()).as(Files.readString(output)).isZero();
    }

    @Test
    void prometheusScrapesTheInstancesThatComposeStarts() {
        List<String> instances = Yaml.read(ROOT.resolve("compose.yaml"))
                .get("services")
                .propertyStream()
                .filter(service -> service.getValue().at("/environment").has("LIKE_REDIS_URI"))
                .map(service -> service.getKey() + ":"
                        + service.getValue()
                                .at("/environment/MANAGEMENT_SERVER_PORT")
                                .asString())
                .toList();
        JsonNode scraped = Yaml.read(PROMETHEUS.resolve("prometheus.yml")).at("/scrape_configs/0");
        assertThat(scraped.get("job_name").asString()).isEqualTo("like-service");
        assertThat(scraped.at("/static_configs/0/targets").valueStream().map(JsonNode::asString))
                .hasSize(2)
                .isEqualTo(instances);
    }

    private static Stream<Use> usesOfRules() {
        return Stream.of("alert", "record")
                .flatMap(kind -> rules(kind)
                        .map(rule -> new Use(
                                rule.get(kind).asString(),
                                rule.get("expr").asString(),
                                rule.path("annotations")
                                        .valueStream()
                                        .map(JsonNode::asString)
                                        .toList())));
    }

    /** Variables in selectors are of labels that are everywhere. */
    private static Stream<Use> usesOfDashboard() {
        return JsonMapper.shared()
                .readTree(DASHBOARD)
                .get("panels")
                .valueStream()
                .flatMap(panel -> panel.path("targets")
                        .valueStream()
                        .map(target -> new Use(
                                panel.get("title").asString(),
                                target.get("expr").asString(),
                                List.of(target.get("legendFormat").asString()))));
    }

    private static Set<String> alerts() {
        return rules("alert").map(alert -> alert.get("alert").asString()).collect(Collectors.toSet());
    }

    private static Stream<JsonNode> rules(String kind) {
        return Yaml.read(PROMETHEUS.resolve("alerts.yml"))
                .get("groups")
                .valueStream()
                .flatMap(group -> group.get("rules").valueStream())
                .filter(rule -> rule.has(kind));
    }
}
