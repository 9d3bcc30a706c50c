package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import maple.like.application.contract.Workers;
import maple.like.bootstrap.Service.Answer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Two instances that look names up at a stub of the Nexon Open API. */
@ExtendWith(OutputCaptureExtension.class)
class NexonTest {
    @AutoClose
    private static Servers servers;

    @AutoClose
    private static FakeNexon nexon;

    private static Service a;
    private static Service b;

    @BeforeAll
    static void start() {
        servers = new Servers();
        nexon = new FakeNexon();
        List<Service> both = servers.startInstances(2, nexon.configuration());
        a = both.get(0);
        b = both.get(1);
    }

    /** A character that Nexon knows and the database does not. */
    private static String characterOfNexon(String name) {
        nexon.knows(name, Servers.ocid(name));
        return name;
    }

    private static int rows(String ocid) {
        return servers.sql.queryForObject("select count(*) from game_character where ocid = ?", Integer.class, ocid);
    }

    private static HttpResponse<String> like(Service service, String name) {
        return service.change("PUT", name, "account-1");
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
    void anUnknownNameIsLookedUpOnceAndItsCharacterStored() {
        String name = characterOfNexon("아델");
        assertThat(a.toggle(name, "account-1")).isEqualTo(new Answer(true, 1));
        assertThat(a.toggle(name, "account-2")).isEqualTo(new Answer(true, 2));
        assertThat(b.toggle(name, "account-3")).isEqualTo(new Answer(true, 3));
        assertThat(b.count(name)).isEqualTo(3);
        assertThat(nexon.lookups(name)).isEqualTo(1);
        await().untilAsserted(() -> {
            assertThat(servers.storedLikers(name)).hasSize(3);
            assertThat(servers.storedCount(name)).isEqualTo(3);
        });
    }

    @Test
    void aStatusLooksAnUnknownNameUpAndItsOwnerCannotLikeIt() {
        String name = characterOfNexon("two words & more");
        assertThat(a.status(name, "account-1")).isEqualTo(new Answer(false, 0));
        String owner = Service.token("account-2", Servers.ocid(name));
        assertThat(a.send("POST", Service.path(name, "/like"), owner).body()).contains("SELF_LIKE_NOT_ALLOWED");
        assertThat(a.metric("like.toggle", "result", "self_like")).isPositive();
        assertThat(nexon.lookups(name)).isEqualTo(1);
    }

    @Test
    void aNameWithoutACharacterIsNotFoundAndLookedUpOnce() {
        for (String method : List.of("POST", "PUT", "DELETE")) {
            assertNotFound(a.change(method, "Unknown", "account-1"));
        }
        assertNotFound(a.send("GET", Service.path("Unknown", "/like/status"), Service.token("account-1")));
        assertNotFound(a.get(Service.path("Unknown", "/like/count")));
        assertThat(nexon.lookups("Unknown")).isEqualTo(1);
        assertThat(rows(Servers.ocid("Unknown"))).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "500, OPENAPI00001",
        "403, OPENAPI00002",
        "400, OPENAPI00005",
        "429, OPENAPI00007",
        "400, OPENAPI00010",
        "503, OPENAPI00011",
        "200, <html>maintenance</html>"
    })
    void aFailedLookupIsNeitherNotFoundNorCached(int status, String failure) {
        String known = characterOfNexon("Known");
        a.like(known, "account-1");
        String name = "Later" + failure.hashCode();
        nexon.fails(name, status, failure.startsWith("OPENAPI") ? FakeNexon.error(failure) : failure);
        assertLookupUnavailable(like(a, name));
        assertThat(a.status(known, "account-1")).isEqualTo(new Answer(true, 1));
        characterOfNexon(name);
        assertThat(a.like(name, "account-1")).isEqualTo(new Answer(true, 1));
        for (int i = 0; i < 3; i++) { // keeps the circuit breaker closed
            assertNotFound(like(a, "Unknown" + i + failure.hashCode()));
        }
    }

    @Test
    void aSlowLookupTimesOutAndDelaysNoKnownCharacter() {
        String known = characterOfNexon("Quick");
        a.toggle(known, "account-1");
        String slow = characterOfNexon("Slow");
        CountDownLatch gate = new CountDownLatch(1);
        nexon.holdBack(slow, gate);
        try (Workers workers = new Workers()) {
            Future<HttpResponse<String>> waiting = workers.begin(() -> like(a, slow));
            await().until(() -> nexon.lookups(slow) == 1);
            for (int i = 0; i < 5; i++) {
                a.toggle(known, "account-1");
            }
            assertThat(waiting).isNotDone();
            assertLookupUnavailable(Workers.resultOf(waiting)); // after like.nexon.timeout
            gate.countDown();
            assertThat(a.like(slow, "account-1")).isEqualTo(new Answer(true, 1));
        }
    }

    @Test
    void aCallWithoutAValidTokenCausesNoLookup() {
        String name = characterOfNexon("Hayato");
        assertNotFound(a.get(Service.path(name, "/like/count")));
        assertNotFound(a.send("GET", Service.path(name, "/like/count"), Service.token("account-1")));
        for (String token : new String[] {null, "nonsense", Service.tokenSignedWith("x".repeat(32), "account-1")}) {
            assertThat(a.send("PUT", Service.path(name, "/like"), token).statusCode())
                    .isEqualTo(401);
            assertThat(a.send("GET", Service.path(name, "/like/status"), token).statusCode())
                    .isEqualTo(401);
        }
        assertThat(nexon.lookups(name)).isZero();
        assertThat(a.toggle(name, "account-1")).isEqualTo(new Answer(true, 1));
        assertThat(a.count(name)).isEqualTo(1);
        assertThat(nexon.lookups(name)).isEqualTo(1);
    }

    @Test
    void concurrentLookupsOfTwoInstancesStoreOneRow() {
        for (int round = 0; round < 5; round++) {
            String name = characterOfNexon("Twin" + round);
            CountDownLatch gate = new CountDownLatch(1);
            nexon.holdBack(name, gate);
            try (Workers workers = new Workers()) {
                Future<Answer> ofA = workers.begin(() -> a.toggle(name, "account-a"));
                Future<Answer> ofB = workers.begin(() -> b.toggle(name, "account-b"));
                await().until(() -> nexon.lookups(name) == 2);
                gate.countDown();
                assertThat(List.of(Workers.resultOf(ofA), Workers.resultOf(ofB)))
                        .extracting(Answer::likeCount)
                        .containsExactlyInAnyOrder(1L, 2L);
            }
            assertThat(rows(Servers.ocid(name))).isEqualTo(1);
            await().until(() -> servers.storedCount(name) == 2);
        }
    }

    @Test
    void aRenamedCharacterKeepsItsLikesAndBothNames() {
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
        assertThat(rows(Servers.ocid(before))).isEqualTo(1);

        // Another character gets the old name, which goes on to mean the character whose likes are counted under it.
        nexon.knows(before, "ocid-of-another");
        assertThat(b.toggle(before, "account-4")).isEqualTo(new Answer(true, 3));
        assertThat(a.status(after, "account-4")).isEqualTo(new Answer(true, 3));
        assertThat(rows("ocid-of-another")).isZero();
    }

    @Test
    void lookupsAreLimitedPerDayAndAccountAndKnownCharactersAreNot() {
        try (Service limited = servers.start(nexon.configuration(
                "app.instance-id=limited", "like.nexon.lookups-per-day=3", "like.nexon.lookups-per-account=2"))) {
            assertNotFound(like(limited, "Invented0"));
            assertNotFound(like(limited, "Invented1"));
            String name = characterOfNexon("Real");
            assertLookupUnavailable(like(limited, name));
            assertThat(limited.metric("like.nexon.refused")).isEqualTo(1);
            String other = characterOfNexon("Real2");
            assertThat(limited.toggle(other, "account-2")).isEqualTo(new Answer(true, 1));
            assertThat(limited.toggle(other, "account-1")).isEqualTo(new Answer(true, 2));
            assertLookupUnavailable(limited.change("PUT", name, "account-2"));
            assertNotFound(like(limited, "Invented0")); // from the negative entry
            assertThat(nexon.lookups(name)).isZero();
            assertThat(limited.toggle(servers.character("Stored"), "account-1")).isEqualTo(new Answer(true, 1));
            assertThat(limited.metric("like.nexon.lookup", "result", "unknown")).isEqualTo(2);
            assertThat(limited.metric("like.nexon.lookup", "result", "not_asked"))
                    .isEqualTo(1);
            // Once another instance has looked it up, the database has it, and an event invalidates the negative entry.
            assertThat(a.toggle(name, "account-1")).isEqualTo(new Answer(true, 1));
            await().untilAsserted(
                            () -> assertThat(limited.like(name, "account-2")).isEqualTo(new Answer(true, 2)));
        }
    }

    @Test
    void aRejectedKeyIsLoggedOnceWithoutTheKeyAndOpensTheCircuitBreaker(CapturedOutput output) {
        try (Service rejected =
                servers.start(nexon.configuration("app.instance-id=rejected", "like.nexon.api-key=test_Sesame"))) {
            String name = characterOfNexon("Open");
            for (int i = 0; i < 10; i++) {
                assertLookupUnavailable(like(rejected, name));
            }
            assertThat(nexon.lookups(name)).isLessThan(10);
        }
        assertThat(output)
                .containsOnlyOnce("Unknown names cannot be looked up: Nexon answered 400 OPENAPI00005")
                .contains("Circuit breaker of Nexon: State transition from CLOSED to OPEN")
                .doesNotContain("Sesame");
    }

    @Test
    void withoutAKeyUnknownNamesAreNotLookedUpAndTheLogSaysSoOnce(CapturedOutput output) {
        try (Service alone = servers.start(nexon.configuration("app.instance-id=alone", "like.nexon.api-key="))) {
            String name = characterOfNexon("Unseen");
            assertNotFound(like(alone, name));
            assertNotFound(like(alone, "Unseen2"));
            assertThat(alone.toggle(servers.character("Seen"), "account-1")).isEqualTo(new Answer(true, 1));
            assertThat(nexon.lookups(name)).isZero();
        }
        assertThat(output).containsOnlyOnce("like.nexon.api-key is not set");
    }
}
