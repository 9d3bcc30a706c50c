package maple.like.bootstrap.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import maple.like.adapter.jpa.TestDatabase;
import maple.like.adapter.jpa.TestDatabases;
import maple.like.application.contract.Workers;
import maple.like.bootstrap.Service;
import maple.like.bootstrap.chaos.Operation.Kind;
import maple.like.bootstrap.chaos.Operation.Relation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * An instance that decides in its memory is killed at random while clients call it. Each relation has one caller, so
 * what it may be afterwards is known: as it was told last, as it was told at any moment of the last seconds, or as a call
 * without an answer may have left it. After a stop nothing but the last.
 */
@Tag("alone")
@Timeout(300)
class MemoryHistoryTest {
    private static final List<String> CHARACTERS = List.of("Adele", "아델", "Kanna");
    private static final int CLIENTS = 6;
    private static final int LIVES = 3;

    /** Fifteen intervals: what is older must have been stored, however slow the machine is. */
    private static final Duration LOSS = Duration.ofSeconds(3);

    private static final List<Kind> CHANGES = List.of(Kind.TOGGLE, Kind.LIKE, Kind.UNLIKE);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final Map<Relation, History> histories = new ConcurrentHashMap<>();

    /** What the only caller of a relation was told, and what a call without an answer may have done. */
    private static final class History {
        private final List<Moment> told = new ArrayList<>();
        private Optional<Boolean> unanswered = Optional.empty();

        private record Moment(long time, boolean liked) {}

        History() {
            startFrom(false);
        }

        void startFrom(boolean liked) {
            told.clear();
            told.add(new Moment(System.nanoTime() - LOSS.toNanos() * 2, liked));
            unanswered = Optional.empty();
        }

        void tell(boolean liked) {
            told.add(new Moment(System.nanoTime(), liked));
        }

        boolean last() {
            return told.get(told.size() - 1).liked();
        }

        boolean allows(boolean liked, long safeUntil) {
            if (last() == liked || unanswered.filter(may -> may == liked).isPresent()) {
                return true;
            }
            boolean later = true;
            for (int i = told.size() - 1; i >= 0 && later; i--) {
                if (told.get(i).liked() == liked) {
                    return true;
                }
                later = told.get(i).time() > safeUntil; // what was before this one may still have been the last stored
            }
            return false;
        }
    }

    @Test
    void aKillLosesNoMoreThanTheLastMomentsAndAStopNothing(@TempDir Path directory) throws Exception {
        long seed = Long.getLong("memory.seed", new Random().nextLong());
        System.out.println("MemoryHistoryTest: -Dmemory.seed=" + seed);
        Random random = new Random(seed);
        try (TestDatabase database = TestDatabases.postgresql();
                Workers workers = new Workers()) {
            JdbcTemplate sql = new JdbcTemplate(database.dataSource());
            CHARACTERS.forEach(name -> sql.update(
                    "insert into game_character (user_ign, ocid) values (?, ?)", name, "ocid-" + name.hashCode()));
            Instance instance = new Instance(1, properties(database), directory);
            start(instance);
            for (int life = 0; life < LIVES; life++) {
                boolean kill = life != 1;
                List<Future<Integer>> clients = IntStream.range(0, CLIENTS)
                        .mapToObj(client -> {
                            long its = random.nextLong();
                            return workers.begin(() -> call(instance, client, new Random(its)));
                        })
                        .toList();
                long end = System.nanoTime()
                        + Duration.ofMillis(4_000 + random.nextInt(3_000)).toNanos();
                await().pollInterval(Duration.ofMillis(20))
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> {
                            assertThat(miscounted(sql)).isEmpty();
                            return System.nanoTime() > end;
                        });
                long before = System.nanoTime();
                if (kill) {
                    instance.process().kill();
                } else {
                    instance.process().terminate();
                    instance.process().awaitEnd();
                }
                int answers = clients.stream().mapToInt(Workers::resultOf).sum();
                System.out.printf("MemoryHistoryTest: %s after %d answers%n", kill ? "killed" : "stopped", answers);
                assertThat(answers).as("answers").isPositive();
                assertThat(miscounted(sql)).isEmpty();
                start(instance);
                compare(instance, sql, kill ? before - LOSS.toNanos() : Long.MAX_VALUE, "seed " + seed);
            }
            instance.process().kill();
        }
    }

    private static Map<String, String> properties(TestDatabase database) {
        return Map.of(
                "like.buffer.strategy",
                "in-memory",
                "like.buffer.flush-interval",
                "200ms",
                "spring.datasource.url",
                database.url(),
                "spring.datasource.username",
                database.user(),
                "spring.datasource.password",
                database.password(),
                "like.auth.jwt-secret",
                "a-secret-for-tests-of-at-least-32-bytes");
    }

    private void start(Instance instance) {
        instance.start();
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    assertThat(instance.alive())
                            .as("alive; see %s", instance.log)
                            .isTrue();
                    try {
                        return send(instance, "GET", "/actuator/health/readiness", "nobody")
                                        .statusCode()
                                == 200;
                    } catch (IOException notYet) {
                        return false;
                    }
                });
    }

    private HttpResponse<String> send(Instance instance, String method, String path, String account)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + instance.port + path))
                        .timeout(Duration.ofSeconds(20))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .header("Authorization", "Bearer " + Service.token(account))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Until the first call without an answer. */
    private int call(Instance instance, int client, Random random) throws InterruptedException {
        for (int answers = 0; ; answers++) {
            Relation relation = new Relation(
                    "account-" + client + "-" + random.nextInt(3), CHARACTERS.get(random.nextInt(CHARACTERS.size())));
            Kind kind = CHANGES.get(random.nextInt(CHANGES.size()));
            History history = histories.computeIfAbsent(relation, first -> new History());
            boolean wanted = kind == Kind.TOGGLE ? !history.last() : kind == Kind.LIKE;
            HttpResponse<String> response;
            try {
                response =
                        send(instance, kind.method, Service.path(relation.character(), kind.path), relation.account());
            } catch (IOException dead) {
                history.unanswered = Optional.of(wanted);
                return answers;
            }
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).as("%s of %s", kind, relation).contains("\"liked\":" + wanted);
            history.tell(wanted);
        }
    }

    private void compare(Instance instance, JdbcTemplate sql, long safeUntil, String seed) throws Exception {
        Map<String, Integer> liked = new HashMap<>();
        for (Map.Entry<Relation, History> entry : histories.entrySet()) {
            Relation relation = entry.getKey();
            String answer = send(
                            instance, "GET", Service.path(relation.character(), "/like/status"), relation.account())
                    .body();
            boolean is = answer.contains("\"liked\":true");
            assertThat(entry.getValue().allows(is, safeUntil))
                    .as(
                            "%s: %s is liked: %s, last told: %s",
                            seed, relation, is, entry.getValue().last())
                    .isTrue();
            entry.getValue().startFrom(is);
            liked.merge(relation.character(), is ? 1 : 0, Integer::sum);
        }
        for (String name : CHARACTERS) {
            int expected = liked.getOrDefault(name, 0);
            assertThat(send(instance, "GET", Service.path(name, "/like/count"), "nobody")
                            .body())
                    .as("%s: count of %s", seed, name)
                    .contains("\"likeCount\":" + expected + "}");
            assertThat(sql.queryForObject(
                            "select like_count from game_character where user_ign = ?", Integer.class, name))
                    .isEqualTo(expected);
        }
    }

    private static List<String> miscounted(JdbcTemplate sql) {
        return sql.queryForList("""
                select c.user_ign from game_character c where c.like_count <>
                       (select count(*) from character_like l where l.target_ocid = c.ocid)""", String.class);
    }
}
