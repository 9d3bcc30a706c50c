package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import maple.like.adapter.web.Problem;
import maple.like.application.contract.Workers;
import maple.like.bootstrap.RandomRequests.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Thousands of requests that nobody should send; {@code -Dfuzz.seed=…} sends those of an earlier run again. */
@ExtendWith(OutputCaptureExtension.class)
class HttpFuzzTest {
    private static final Logger LOG = LoggerFactory.getLogger(HttpFuzzTest.class);
    private static final int REQUESTS = Integer.getInteger("fuzz.requests", 10_000);
    private static final int ROUND = 1_000;
    private static final int CLIENTS = 4;
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern LOUD = Pattern.compile("^\\S+ +(WARN|ERROR) .*", Pattern.MULTILINE);

    private final Map<String, AtomicInteger> counts = new ConcurrentSkipListMap<>();
    private final List<String> defects = Collections.synchronizedList(new ArrayList<>());

    @Test
    void nothingThatIsSentBreaksItOrItsLog(CapturedOutput console, @TempDir Path directory) throws Exception {
        long seed = Long.getLong("fuzz.seed", 1);
        try (Servers servers = new Servers()) {
            List<String> names =
                    List.of(servers.character("Fuzzed"), servers.character("퍼징된 이름"), servers.character("fuzz+1.json"));
            Path file = directory.resolve("service.log");
            Map<String, String> properties = servers.configuration();
            properties.put("logging.file.name", file.toString()); // as plain text, unlike the console
            try (Service service = Service.start(properties)) {
                int started = console.length();
                int startedFile = Files.readString(file).length();
                RandomRequests requests = new RandomRequests(seed, names);
                flood(service, requests);
                String loggedText = Files.readString(file).substring(startedFile);
                String loggedJson = console.toString().substring(started);
                LOG.info("-Dfuzz.seed={}: answers by status {}", seed, counts);
                assertThat(defects).as("-Dfuzz.seed=%s", seed).isEmpty();
                for (String logged : List.of(loggedText, loggedJson)) {
                    assertThat(logged)
                            .as("-Dfuzz.seed=%s", seed)
                            .doesNotContain(requests.secrets().toArray(String[]::new))
                            .doesNotContain(RandomRequests.ACCOUNT)
                            .matches(HttpFuzzTest::isWithoutControlCharacters, "holds no raw control characters");
                }
                assertThat(LOUD.matcher(loggedText).results().map(r -> r.group()))
                        .as("-Dfuzz.seed=%s", seed)
                        .isEmpty();

                String name = servers.character("Normal");
                assertThat(service.toggle(name, "account-1")).isEqualTo(new Service.Answer(true, 1));
                for (String each : List.of(names.get(0), names.get(1), names.get(2), name)) {
                    await().untilAsserted(() -> assertThat(servers.storedCount(each))
                            .isEqualTo(service.status(each, "account-1").likeCount())
                            .isEqualTo(servers.storedLikers(each).size()));
                }
                assertThat(servers.storedLikers(name)).containsExactly("account-1");
                assertThat(servers.miscounted()).isEmpty();
            }
        }
    }

    private void flood(Service service, RandomRequests requests) {
        int port = Integer.parseInt(service.property("local.server.port"));
        for (int first = 0; first < REQUESTS; first += ROUND) {
            int from = first;
            Workers.together(CLIENTS, client -> {
                try (RawHttp http = new RawHttp(port)) {
                    for (int number = from + client; number < Math.min(from + ROUND, REQUESTS); number += CLIENTS) {
                        send(http, number, requests.number(number));
                    }
                }
            });
        }
    }

    private void send(RawHttp http, int number, Request request) throws IOException {
        List<RawHttp.Answer> answers;
        try {
            answers = request.alone()
                    ? http.sendAlone(request.bytes(), request.head())
                    : List.of(http.send(request.bytes(), request.head()));
        } catch (IOException e) {
            http.close();
            defects.add(number + " has no answer but " + e + ": " + request);
            return;
        }
        if (answers.isEmpty()) {
            count("no answer");
        }
        for (RawHttp.Answer answer : answers) {
            count(Integer.toString(answer.status()));
            String defect = defectOf(answer);
            if (defect != null) {
                defects.add(number + " " + defect + ": " + request + " -> " + answer);
            }
        }
    }

    private void count(String what) {
        counts.computeIfAbsent(what, key -> new AtomicInteger()).incrementAndGet();
    }

    private static String defectOf(RawHttp.Answer answer) {
        Map<String, String> headers = answer.headers();
        if (answer.status() >= 500) {
            return "is answered as a defect";
        }
        if (answer.body().contains("\tat ")
                || (answer.status() >= 400 && answer.body().contains("Exception"))) {
            return "is told internals";
        }
        if (headers.containsKey("x-injected") || headers.toString().chars().anyMatch(Character::isISOControl)) {
            return "sets a header";
        }
        if (answer.status() != 0
                && !REQUEST_ID.matcher(headers.getOrDefault("x-request-id", "")).matches()) {
            return "has no id, or one that may do harm";
        }
        return answer.status() >= 400 && !answer.body().isEmpty() ? defectOfProblem(answer) : null;
    }

    private static String defectOfProblem(RawHttp.Answer answer) {
        if (!"application/problem+json".equals(answer.headers().get("content-type"))) {
            return "is no problem";
        }
        try {
            JsonNode document = JSON.readTree(answer.body());
            Problem.valueOf(document.path("code").asString());
            return document.path("status").asInt() == answer.status() ? null : "has two statuses";
        } catch (JacksonException | IllegalArgumentException e) {
            return "is not a problem with a code";
        }
    }

    /** Stack traces have tabs and line ends. */
    private static boolean isWithoutControlCharacters(String logged) {
        return logged.chars().noneMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t');
    }
}
