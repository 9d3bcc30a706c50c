package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maple.like.bootstrap.PromQl.Condition;
import maple.like.bootstrap.PromQl.Selector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.YamlMapFactoryBean;
import org.springframework.core.io.FileSystemResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The alerts and the dashboard of {@code deploy}, against what a running service shows and what is said about them. */
class MonitoringTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PROMETHEUS = ROOT.resolve("deploy/prometheus");
    private static final Path DASHBOARD = ROOT.resolve("deploy/grafana/dashboards/like-service.json");
    private static final Path RUNBOOK = ROOT.resolve("docs/operations.md");

    /** Names of Prometheus itself, and the labels that it adds to everything. */
    private static final Set<String> OF_PROMETHEUS = Set.of("up", "ALERTS");

    private static final Set<String> EVERYWHERE = Set.of("job", "instance");

    private static final Pattern SERIES = Pattern.compile("(\\w+)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern SHOWN = Pattern.compile("\\{\\{\\s*(?:\\$labels\\.)?(\\w+)\\s*}}|\\$labels\\.(\\w+)");
    private static final Pattern SECTION = Pattern.compile("^### (Like\\w+)$", Pattern.MULTILINE);

    /** An expression, and where it is; texts show labels of what it finds. */
    private record Use(String where, String expression, List<String> texts) {}

    @TempDir
    private Path directory;

    @Test
    void everyMetricAndLabelOfTheAlertsAndTheDashboardExists() throws IOException {
        Map<String, List<Map<String, String>>> exposed = exposed();
        Set<String> recorded = rules("record").map(rule -> text(rule, "record")).collect(Collectors.toSet());
        List<Use> uses = Stream.concat(usesOfRules(), usesOfDashboard()).toList();
        assertThat(uses).hasSizeGreaterThan(40);
        List<String> wrong = new ArrayList<>();
        for (Use use : uses) {
            PromQl query = PromQl.of(use.expression());
            assertThat(query.selectors()).as(use.where()).isNotEmpty();
            Set<String> labels = new HashSet<>(EVERYWHERE);
            for (Selector selector : query.selectors()) {
                if (OF_PROMETHEUS.contains(selector.metric()) || recorded.contains(selector.metric())) {
                    continue;
                }
                List<Map<String, String>> series = exposed.getOrDefault(selector.metric(), List.of());
                if (series.isEmpty()) {
                    wrong.add(use.where() + ": there is no metric " + selector.metric());
                }
                series.forEach(labelled -> labels.addAll(labelled.keySet()));
                missing(selector, series).forEach(missing -> wrong.add(use.where() + ": " + missing));
            }
            boolean ofPrometheus = query.selectors().stream()
                    .anyMatch(selector -> selector.metric().equals("ALERTS"));
            Stream.concat(query.labels().stream(), use.texts().stream().flatMap(MonitoringTest::shown))
                    .filter(label -> !labels.contains(label) && !ofPrometheus)
                    .forEach(label -> wrong.add(use.where() + ": no metric of it has the label " + label));
        }
        assertThat(wrong).isEmpty();
    }

    private static Stream<String> missing(Selector selector, List<Map<String, String>> series) {
        return selector.conditions().stream()
                .filter(condition -> !EVERYWHERE.contains(condition.label()))
                .flatMap(condition -> missing(selector.metric(), condition, series));
    }

    private static Stream<String> missing(String metric, Condition condition, List<Map<String, String>> series) {
        return condition.values().stream()
                .filter(value -> series.stream().noneMatch(labels -> value.equals(labels.get(condition.label()))))
                .map(value -> metric + " has no " + condition.label() + "=\"" + value + '"');
    }

    private static Stream<String> shown(String text) {
        return SHOWN.matcher(text).results().map(label -> label.group(1) == null ? label.group(2) : label.group(1));
    }

    /** Series by metric, each as its labels. */
    private static Map<String, List<Map<String, String>>> exposed() {
        String metrics;
        try (Servers servers = new Servers();
                FakeNexon nexon = new FakeNexon();
                Service service = Service.start(nexon.configure(servers.configuration()))) {
            String name = servers.character("Monitored");
            service.toggle(name, "account-1");
            service.count(name);
            metrics = service.send("GET", "/actuator/prometheus", Service.token("operator"))
                    .body();
        }
        Map<String, List<Map<String, String>>> exposed = new HashMap<>();
        metrics.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            Matcher series = SERIES.matcher(line);
            assertThat(series.matches()).as(line).isTrue();
            Map<String, String> labels = LABEL.matcher(series.group(2) == null ? "" : series.group(2))
                    .results()
                    .collect(Collectors.toMap(label -> label.group(1), label -> label.group(2)));
            exposed.computeIfAbsent(series.group(1), metric -> new ArrayList<>())
                    .add(labels);
        });
        return exposed;
    }

    @Test
    void everyAlertSaysHowBadItIsAndWhatItMeans() throws IOException {
        assertThat(alerts()).hasSizeGreaterThan(5).allSatisfy(alert -> {
            assertThat(text(alert, "for")).isNotBlank();
            assertThat(text(alert, "labels", "severity")).isIn("critical", "warning");
            assertThat(text(alert, "annotations", "summary")).isNotBlank();
            assertThat(text(alert, "annotations", "description")).isNotBlank();
        });
        assertThat(SECTION.matcher(Files.readString(RUNBOOK)).results().map(section -> section.group(1)))
                .as("sections of " + RUNBOOK)
                .containsExactlyInAnyOrderElementsOf(namesOfAlerts());
    }

    @Test
    void everyAlertIsTestedForFiringAndForSilence() {
        Set<String> fires = new HashSet<>();
        Set<String> silent = new HashSet<>();
        list(yaml(PROMETHEUS.resolve("alerts.test.yml")), "tests").stream()
                .flatMap(test -> list(test, "alert_rule_test").stream())
                .forEach(test -> (list(test, "exp_alerts").isEmpty() ? silent : fires).add(text(test, "alertname")));
        assertThat(fires).containsExactlyInAnyOrderElementsOf(namesOfAlerts());
        assertThat(silent).containsExactlyInAnyOrderElementsOf(namesOfAlerts());
    }

    @Test
    void alertsFireWhereTheyMustAndNowhereElse() throws Exception {
        promtool("test", "rules", PROMETHEUS.resolve("alerts.test.yml").toString());
    }

    @Test
    void prometheusTakesItsConfigurationAndTheQueriesOfTheDashboard() throws Exception {
        promtool("check", "config", PROMETHEUS.resolve("prometheus.yml").toString());
        StringBuilder rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
        for (Use use : usesOfDashboard().toList()) {
            String expression = use.expression().replace("$__rate_interval", "1m");
            rules.append("      - record: query\n        expr: >-\n          ")
                    .append(expression)
                    .append("\n        labels: {at: \"")
                    .append(use.where())
                    .append("\"}\n");
        }
        promtool(
                "check",
                "rules",
                Files.writeString(directory.resolve("dashboard.yml"), rules).toString());
    }

    @Test
    void prometheusAsksTheInstancesThatComposeStarts() {
        Map<?, ?> services = (Map<?, ?>) yaml(ROOT.resolve("compose.yaml")).get("services");
        List<String> instances = services.entrySet().stream()
                .filter(service -> environment(service.getValue()).containsKey("LIKE_REDIS_URI"))
                .map(service ->
                        service.getKey() + ":" + environment(service.getValue()).get("MANAGEMENT_SERVER_PORT"))
                .toList();
        assertThat(instances).hasSize(2);
        Map<?, ?> scraped = list(yaml(PROMETHEUS.resolve("prometheus.yml")), "scrape_configs")
                .get(0);
        assertThat(text(scraped, "job_name")).isEqualTo("like-service");
        assertThat(list(scraped, "static_configs").get(0).get("targets")).isEqualTo(instances);
    }

    private static Map<?, ?> environment(Object service) {
        return ((Map<?, ?>) service).get("environment") instanceof Map<?, ?> environment ? environment : Map.of();
    }

    /** Whoever names it in PROMTOOL wants it used. */
    private void promtool(String... arguments) throws IOException, InterruptedException {
        String named = System.getenv("PROMTOOL");
        List<String> command = new ArrayList<>(List.of(named == null ? "promtool" : named));
        command.addAll(List.of(arguments));
        Path output = directory.resolve("output");
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            if (named == null) {
                abort("promtool is not on the PATH; Debian has it in the package prometheus");
            }
            fail("PROMTOOL cannot be run", e);
            return;
        }
        int code = process.waitFor();
        assertThat(code)
                .as(() -> String.join(" ", command) + "\n" + read(output))
                .isZero();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static Stream<Use> usesOfRules() {
        return Stream.of("alert", "record")
                .flatMap(kind -> rules(kind)
                        .map(rule -> new Use(
                                text(rule, kind),
                                text(rule, "expr"),
                                rule.get("annotations") instanceof Map<?, ?> annotations
                                        ? annotations.values().stream()
                                                .map(String::valueOf)
                                                .toList()
                                        : List.of())));
    }

    /** Variables in selectors are of labels that are everywhere. */
    private static Stream<Use> usesOfDashboard() {
        JsonNode dashboard = JsonMapper.shared().readTree(DASHBOARD);
        return dashboard
                .get("panels")
                .valueStream()
                .filter(panel -> panel.has("targets"))
                .flatMap(panel -> panel.get("targets")
                        .valueStream()
                        .map(target -> new Use(
                                panel.get("title").asString(),
                                target.get("expr").asString(),
                                List.of(target.get("legendFormat").asString()))));
    }

    private static List<Map<?, ?>> alerts() {
        return rules("alert").toList();
    }

    private static Set<String> namesOfAlerts() {
        return rules("alert").map(alert -> text(alert, "alert")).collect(Collectors.toSet());
    }

    private static Stream<Map<?, ?>> rules(String kind) {
        return list(yaml(PROMETHEUS.resolve("alerts.yml")), "groups").stream()
                .flatMap(group -> list(group, "rules").stream())
                .filter(rule -> rule.containsKey(kind));
    }

    private static Map<?, ?> yaml(Path file) {
        YamlMapFactoryBean yaml = new YamlMapFactoryBean();
        yaml.setResources(new FileSystemResource(file));
        return new LinkedHashMap<>(yaml.getObject());
    }

    private static List<Map<?, ?>> list(Map<?, ?> map, String key) {
        if (!(map.get(key) instanceof List<?> entries)) {
            return List.of();
        }
        List<Map<?, ?>> maps = new ArrayList<>();
        entries.forEach(entry -> maps.add((Map<?, ?>) entry));
        return maps;
    }

    private static String text(Map<?, ?> map, String... path) {
        Object value = map;
        for (String key : path) {
            value = value instanceof Map<?, ?> inner ? inner.get(key) : null;
        }
        return value == null ? "" : value.toString();
    }
}
