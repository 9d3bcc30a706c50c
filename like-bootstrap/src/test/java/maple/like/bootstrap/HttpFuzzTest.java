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
import maple.like.application.contract.Workers;
import maple.like.bootstrap.RandomRequests.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Thousands of malformed requests; {@code -Dfuzz.seed=…} repeats an earlier run. */
@ExtendWith(OutputCaptureExtension.class)
class HttpFuzzTest {
    private static final int REQUESTS = Integer.getInteger("fuzz.requests", 10_000);
    private static final int CLIENTS = 4;
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern CODE = Pattern.compile("[A-Z][A-Z_]+");
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern LOUD = Pattern.compile("^\\S+ +(WARN|ERROR) .*", Pattern.MULTILINE);

    private final Map<String, AtomicInteger> counts = new ConcurrentSkipListMap<>();
    private final List<String> defects = Collections.synchronizedList(new ArrayList<>());

    @Test
    void noRequestBreaksTheServiceOrItsLog(CapturedOutput console, @TempDir Path directory) throws Exception {
        long seed = Long.getLong("fuzz.seed", 1);
        Path file = directory.resolve("service.log");
        try (Servers servers = new Servers();
                Service service = servers.start("logging.file.name=" + file)) { // as plain text, unlike the console
            List<String> names =
                    List.of(servers.character("Fuzzed"), servers.character("퍼징된 이름"), servers.character("fuzz+1.json"));
            await().until(() -> service.metric("like.partition.state", "state", "active") == 1);
            int started = console.length();
            int startedFile = Files.readString(file).length();
            RandomRequests requests = new RandomRequests(seed, names);
            flood(service, requests);
            String loggedText = Files.readString(file).substring(startedFile);
            String loggedJson = console.toString().substring(started);
            assertThat(defects)
                    .as("-Dfuzz.seed=%s: answers by status %s", seed, counts)
                    .isEmpty();
            for (String logged : List.of(loggedText, loggedJson)) {
                assertThat(logged)
                        .as("-Dfuzz.seed=%s", seed)
                        .doesNotContain(requests.secrets().toArray(String[]::new))
                        .doesNotContain(RandomRequests.ACCOUNT)
                        .matches(HttpFuzzTest::isWithoutControlCharacters, "holds no raw control characters");
            }
            assertThat(LOUD.matcher(loggedText).results().map(line -> line.group()))
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

    private void flood(Service service, RandomRequests requests) {
        int port = Integer.parseInt(service.property("local.server.port"));
        Workers.together(CLIENTS, client -> {
            for (int number = client; number < REQUESTS; number += CLIENTS) {
                send(port, number, requests.number(number));
            }
        });
    }

    private void send(int port, int number, Request request) {
        try (RawHttp http = new RawHttp(port)) {
            List<RawHttp.Answer> answers = http.sendAll(request.bytes(), request.head());
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
        } catch (IOException e) {
            defects.add(number + " has no answer but " + e + ": " + request);
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
            if (!CODE.matcher(document.path("code").asString()).matches()) {
                return "is a problem without a code";
            }
            return document.path("status").asInt() == answer.status() ? null : "has two statuses";
        } catch (JacksonException e) {
            return "is not JSON";
        }
    }

    /** Stack traces have tabs and line ends. */
    private static boolean isWithoutControlCharacters(String logged) {
        return logged.chars().noneMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t');
    }
}
