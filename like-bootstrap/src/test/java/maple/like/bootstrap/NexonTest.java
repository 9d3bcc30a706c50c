package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import maple.like.application.contract.Workers;
import maple.like.bootstrap.Service.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;

/** Two instances and a server that plays the Nexon Open API. */
@ExtendWith(OutputCaptureExtension.class)
class NexonTest {
    private static Servers servers;
    private static JdbcTemplate sql;
    private static FakeNexon nexon;
    private static Service a;
    private static Service b;

    @BeforeAll
    static void start() {
        servers = new Servers();
        sql = new JdbcTemplate(servers.database.dataSource());
        nexon = new FakeNexon();
        a = start("a", Map.of());
        b = start("b", Map.of());
    }

    private static Service start(String instanceId, Map<String, String> others) {
        Map<String, String> properties = nexon.configure(servers.configuration());
        properties.put("app.instance-id", instanceId);
        properties.putAll(others);
        return Service.start(properties);
    }

    @AfterAll
    static void stop() {
        a.close();
        b.close();
        nexon.close();
        servers.close();
    }

    /** A character that Nexon has and the database does not. */
    private static String characterOfNexon(String name) {
        nexon.knows(name, Servers.ocid(name));
        return name;
    }

    private static int rowsOf(String ocid) {
        return sql.queryForObject("select count(*) from game_character where ocid = ?", Integer.class, ocid);
    }

    private static HttpResponse<String> call(Service service, String method, String name, String rest) {
        return service.send(method, Service.path(name, rest), Service.token("account-1"));
    }

    private static void assertNotFound(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("\"code\":\"CHARACTER_NOT_FOUND\"");
    }

    private static void assertLookupUnavailable(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).contains("\"code\":\"CHARACTER_LOOKUP_UNAVAILABLE\"");
        assertThat(response.headers().firstValue("Retry-After")).hasValue("3");
    }

    @Test
    void anUnknownNameIsLookedUpOnceStoredAndLiked() {
        String name = characterOfNexon("아델");
        assertThat(a.toggle(name, "account-1")).isEqualTo(new Answer(true, 1));
        assertThat(a.toggle(name, "account-2")).isEqualTo(new Answer(true, 2));
        assertThat(b.toggle(name, "account-3")).isEqualTo(new Answer(true, 3));
        assertThat(b.count(name)).isEqualTo(3);
        assertThat(nexon.timesAskedFor(name)).isEqualTo(1);
        await().untilAsserted(() -> {
            assertThat(servers.storedLikers(name)).hasSize(3);
            assertThat(servers.storedCount(name)).isEqualTo(3);
        });
    }

    @Test
    void theStateOfAnUnknownNameCanBeAskedForAndItsOwnerCannotLikeIt() {
        String name = characterOfNexon("two words & more");
        assertThat(a.status(name, "account-1")).isEqualTo(new Answer(false, 0));
        String owner = Service.token("account-2", Servers.ocid(name));
        assertThat(a.send("POST", Service.path(name, "/like"), owner).body()).contains("SELF_LIKE_NOT_ALLOWED");
        assertThat(nexon.timesAskedFor(name)).isEqualTo(1);
    }

    @Test
    void aNameThatNobodyHasIsNotFoundAndAskedForOnce() {
        String name = "Nobody";
        for (String method : List.of("POST", "PUT", "DELETE")) {
            assertNotFound(call(a, method, name, "/like"));
        }
        assertNotFound(call(a, "GET", name, "/like/status"));
        assertNotFound(call(a, "GET", name, "/like/count"));
        assertThat(nexon.timesAskedFor(name)).isEqualTo(1);
        assertThat(rowsOf(Servers.ocid(name))).isZero();
    }

    @Test
    void whatIsNoAnswerIsNeitherNotFoundNorRemembered() {
        List<Map.Entry<Integer, String>> answers = List.of(
                Map.entry(500, FakeNexon.error("OPENAPI00001")),
                Map.entry(403, FakeNexon.error("OPENAPI00002")),
                Map.entry(400, FakeNexon.error("OPENAPI00005")),
                Map.entry(429, FakeNexon.error("OPENAPI00007")),
                Map.entry(400, FakeNexon.error("OPENAPI00010")),
                Map.entry(503, FakeNexon.error("OPENAPI00011")),
                Map.entry(200, "<html>maintenance</html>"));
        String known = characterOfNexon("Known");
        a.toggle(known, "account-1");
        for (int i = 0; i < answers.size(); i++) {
            String name = "Later" + i;
            nexon.fails(name, answers.get(i).getKey(), answers.get(i).getValue());
            assertLookupUnavailable(call(a, "PUT", name, "/like"));
            assertThat(a.status(known, "account-1")).isEqualTo(new Answer(true, 1));
            characterOfNexon(name);
            assertThat(a.answer("PUT", name, "/like", "account-1")).isEqualTo(new Answer(true, 1));
            for (int j = 0; j < 3; j++) { // keeps the circuit breaker closed
                assertNotFound(call(a, "PUT", "Nobody" + i + "-" + j, "/like"));
            }
        }
    }

    @Test
    void aSlowLookupKeepsNoKnownCharacterWaitingAndEnds() {
        String known = characterOfNexon("Quick");
        a.toggle(known, "account-1");
        String slow = characterOfNexon("Slow");
        CountDownLatch gate = new CountDownLatch(1);
        nexon.holdBack(slow, gate);
        try (Workers workers = new Workers()) {
            Future<HttpResponse<String>> waiting = workers.begin(() -> call(a, "PUT", slow, "/like"));
            await().until(() -> nexon.timesAskedFor(slow) == 1);
            for (int i = 0; i < 5; i++) {
                a.toggle(known, "account-1");
            }
            assertThat(waiting).isNotDone();
            assertLookupUnavailable(Workers.resultOf(waiting)); // after like.nexon.timeout
            gate.countDown();
            assertThat(a.answer("PUT", slow, "/like", "account-1")).isEqualTo(new Answer(true, 1));
        }
    }

    @Test
    void whoeverHasNoGoodTokenCausesNoLookupAndSpoilsNone() {
        String name = characterOfNexon("Hayato");
        assertNotFound(a.send("GET", Service.path(name, "/like/count"), null));
        assertNotFound(call(a, "GET", name, "/like/count"));
        for (String token : new String[] {null, "nonsense", Service.tokenSignedWith("x".repeat(32), "account-1")}) {
            assertThat(a.send("PUT", Service.path(name, "/like"), token).statusCode())
                    .isEqualTo(401);
            assertThat(a.send("GET", Service.path(name, "/like/status"), token).statusCode())
                    .isEqualTo(401);
        }
        assertThat(nexon.timesAskedFor(name)).isZero();
        assertThat(a.toggle(name, "account-1")).isEqualTo(new Answer(true, 1));
        assertThat(a.count(name)).isEqualTo(1);
        assertThat(nexon.timesAskedFor(name)).isEqualTo(1);
    }

    @Test
    void callersOfOneInstanceShareALookup() {
        String name = characterOfNexon("Kanna");
        CountDownLatch gate = new CountDownLatch(1);
        nexon.holdBack(name, gate);
        try (Workers workers = new Workers()) {
            List<Future<Answer>> callers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String account = "account-" + i;
                callers.add(workers.begin(() -> a.toggle(name, account)));
            }
            await().until(() -> nexon.timesAskedFor(name) == 1);
            gate.countDown();
            assertThat(callers)
                    .extracting(caller -> Workers.resultOf(caller).likeCount())
                    .containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        }
        assertThat(nexon.timesAskedFor(name)).isEqualTo(1);
    }

    @Test
    void twoInstancesThatLookUpOneNameAtOnceEndWithOneRow() {
        for (int round = 0; round < 5; round++) {
            String name = characterOfNexon("Twin" + round);
            CountDownLatch gate = new CountDownLatch(1);
            nexon.holdBack(name, gate);
            try (Workers workers = new Workers()) {
                Future<Answer> ofA = workers.begin(() -> a.toggle(name, "account-a"));
                Future<Answer> ofB = workers.begin(() -> b.toggle(name, "account-b"));
                await().until(() -> nexon.timesAskedFor(name) == 2);
                gate.countDown();
                assertThat(List.of(
                                Workers.resultOf(ofA).likeCount(),
                                Workers.resultOf(ofB).likeCount()))
                        .containsExactlyInAnyOrder(1L, 2L);
            }
            assertThat(rowsOf(Servers.ocid(name))).isEqualTo(1);
            await().until(() -> servers.storedCount(name) == 2);
        }
    }

    @Test
    void aRenamedCharacterNeitherSplitsNorLosesItsLikes() {
        String before = characterOfNexon("Before");
        a.toggle(before, "account-1");
        b.toggle(before, "account-2");
        String after = "After";
        nexon.knows(after, Servers.ocid(before));
        assertThat(a.toggle(after, "account-3")).isEqualTo(new Answer(true, 3));
        assertThat(b.toggle(after, "account-1")).isEqualTo(new Answer(false, 2));
        for (Service service : List.of(a, b)) {
            for (String name : List.of(before, after)) {
                assertThat(service.status(name, "account-3")).isEqualTo(new Answer(true, 2));
                await().until(() -> service.count(name) == 2);
            }
        }
        await().untilAsserted(() -> {
            assertThat(servers.storedLikers(before)).containsExactlyInAnyOrder("account-2", "account-3");
            assertThat(servers.storedCount(before)).isEqualTo(2);
        });
        assertThat(rowsOf(Servers.ocid(before))).isEqualTo(1);

        // Somebody else takes the old name: it goes on leading to the character whose likes are counted under it.
        nexon.knows(before, "ocid-of-somebody-else");
        assertThat(b.toggle(before, "account-4")).isEqualTo(new Answer(true, 3));
        assertThat(a.status(after, "account-4")).isEqualTo(new Answer(true, 3));
        assertThat(rowsOf("ocid-of-somebody-else")).isZero();
    }

    @Test
    void noMoreNamesAreLookedUpThanAllowedAndKnownCharactersAreNotAffected() {
        Map<String, String> limits = Map.of("like.nexon.lookups-per-day", "3", "like.nexon.lookups-per-account", "2");
        try (Service few = start("few", limits)) {
            assertNotFound(call(few, "PUT", "Invented0", "/like"));
            assertNotFound(call(few, "PUT", "Invented1", "/like"));
            String name = characterOfNexon("Real");
            assertLookupUnavailable(call(few, "PUT", name, "/like"));
            assertThat(few.metric("like.nexon.refused")).isEqualTo(1);
            String other = characterOfNexon("Real2");
            assertThat(few.toggle(other, "account-2")).isEqualTo(new Answer(true, 1));
            assertThat(few.toggle(other, "account-1")).isEqualTo(new Answer(true, 2));
            assertLookupUnavailable(few.send("PUT", Service.path(name, "/like"), Service.token("account-2")));
            assertNotFound(call(few, "PUT", "Invented0", "/like")); // is remembered
            assertThat(nexon.timesAskedFor(name)).isZero();
            assertThat(few.toggle(servers.character("Stored"), "account-1")).isEqualTo(new Answer(true, 1));
            assertThat(few.timed("like.nexon.lookup", "result", "unknown")).isEqualTo(2);
            assertThat(few.timed("like.nexon.lookup", "result", "not_asked")).isEqualTo(1);
            // What another instance looked up is in the database, and an event tells so.
            assertThat(a.toggle(name, "account-1")).isEqualTo(new Answer(true, 1));
            await().untilAsserted(() ->
                    assertThat(few.answer("PUT", name, "/like", "account-2")).isEqualTo(new Answer(true, 2)));
        }
    }

    @Test
    void aRefusedKeyIsSaidWithoutTheKey(CapturedOutput output) {
        try (Service refused = start("refused", Map.of("like.nexon.api-key", "test_Sesame"))) {
            String name = characterOfNexon("Open");
            assertLookupUnavailable(call(refused, "PUT", name, "/like"));
            assertLookupUnavailable(call(refused, "PUT", name, "/like"));
            for (int i = 0; i < 8; i++) {
                assertLookupUnavailable(call(refused, "PUT", name, "/like"));
            }
            // The circuit breaker is open.
            assertThat(nexon.timesAskedFor(name)).isLessThan(10);
            assertThat(call(refused, "GET", name, "/like/count").body()).doesNotContain("Sesame");
        }
        assertThat(output)
                .containsOnlyOnce("Unknown names cannot be looked up: Nexon answered 400 OPENAPI00005")
                .contains("Circuit breaker of Nexon: State transition from CLOSED to OPEN")
                .doesNotContain("Sesame");
    }

    @Test
    void withoutAKeyTheDatabaseAloneIsTheDirectoryAndTheLogSaysSoOnce(CapturedOutput output) {
        try (Service alone = start("alone", Map.of("like.nexon.api-key", ""))) {
            String name = characterOfNexon("Unseen");
            assertNotFound(call(alone, "PUT", name, "/like"));
            assertNotFound(call(alone, "PUT", "Unseen2", "/like"));
            assertThat(alone.toggle(servers.character("Seen"), "account-1")).isEqualTo(new Answer(true, 1));
            assertThat(nexon.timesAskedFor(name)).isZero();
        }
        assertThat(output).containsOnlyOnce("like.nexon.api-key is not set");
    }
}
