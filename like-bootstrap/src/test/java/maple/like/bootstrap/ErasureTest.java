package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.api.sync.RedisCommands;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import maple.like.application.contract.Workers;
import maple.like.bootstrap.Service.Answer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Nothing names an account after it was erased. */
@ExtendWith(OutputCaptureExtension.class)
class ErasureTest {
    /** With what Redis's patterns and its members give a meaning. */
    private static final String ACCOUNT = "auth0|vic*[tim]:1";

    private static final String OTHER = ACCOUNT + ":2";
    private static final String MINE = "/api/v2/accounts/me/likes";

    @AutoClose
    private static Servers servers;

    private static Service a;

    @BeforeAll
    static void start() {
        servers = new Servers();
        a = servers.start("app.instance-id=a");
    }

    private static HttpResponse<String> erase(Service service, String account) {
        return service.send("DELETE", MINE, Service.token(account));
    }

    private static void assertErased(HttpResponse<String> answer, int removed) {
        assertThat(answer.body()).isEqualTo("{\"success\":true,\"data\":{\"removed\":" + removed + "}}");
    }

    /** Every row and every key that names the account. */
    private static List<String> traces() {
        List<String> traces = new ArrayList<>();
        for (String table : servers.sql.queryForList("""
                select table_name from information_schema.tables where table_schema = current_schema()
                """, String.class)) {
            servers.sql.queryForList("select * from " + table).stream()
                    .map(Object::toString)
                    .filter(row -> row.contains(ACCOUNT))
                    .forEach(row -> traces.add(table + ": " + row));
        }
        RedisCommands<String, String> redis = servers.redis.commands();
        for (String key : redis.keys("*")) {
            contents(redis, key).filter(text -> text.contains(ACCOUNT)).forEach(text -> traces.add(key + ": " + text));
        }
        traces.removeIf(trace -> trace.contains(OTHER));
        return traces;
    }

    private static Stream<String> contents(RedisCommands<String, String> redis, String key) {
        Stream<String> values = switch (redis.type(key)) {
            case "set" -> redis.smembers(key).stream();
            case "hash" ->
                redis.hgetall(key).entrySet().stream().flatMap(entry -> Stream.of(entry.getKey(), entry.getValue()));
            case "string" -> Stream.of(redis.get(key));
            case "none" -> Stream.empty();
            default -> throw new AssertionError("a key of an unknown type: " + key);
        };
        return Stream.concat(Stream.of(key), values);
    }

    private static void assertNothingDiffers() {
        assertThat(servers.miscounted()).isEmpty();
        AuditRun audit = AuditRun.of(servers.configuration());
        assertThat(audit.lines()).noneMatch(line -> line.contains("should be"));
    }

    @Test
    void nothingNamesAnErasedAccount(CapturedOutput output) {
        List<String> names = servers.characters(30, "Liked");
        String deleted = servers.character("Deleted");
        names.subList(0, 20).forEach(name -> a.like(name, ACCOUNT));
        a.like(names.get(0), OTHER);
        a.like(deleted, ACCOUNT);
        await().until(() -> servers.storedCount(names.get(19)) == 1 && servers.storedCount(deleted) == 1);
        servers.sql.update("delete from game_character where user_ign = ?", deleted);
        servers.sql.update("""
                insert into character_like (target_ocid, liker_account_id, created_at) values ('no OCID', ?, now())
                """, ACCOUNT);
        servers.sql.update("""
                insert into like_set_aside (target_ocid, liker_account_id, liked, reason, created_at)
                values ('ocid-1', ?, true, 'a trigger', now())""", ACCOUNT);
        names.subList(20, 30).forEach(name -> toggleWithKey(name, ACCOUNT));
        toggleWithKey(names.get(20), OTHER);
        names.subList(0, 5).forEach(name -> a.unlike(name, ACCOUNT));
        try (Service b = servers.start("app.instance-id=b", "like.sync.interval=10m")) {
            assertThat(b.count(names.get(0))).isEqualTo(1);
            assertThat(b.count(names.get(29))).isEqualTo(1);
            int logged = output.getAll().length();
            assertErased(erase(a, ACCOUNT), 26);
            assertThat(traces()).isEmpty();
            await().untilAsserted(() -> assertThat(b.count(names.get(29))).isZero());
            assertThat(b.status(names.get(0), OTHER)).isEqualTo(new Answer(true, 1));
            assertErased(erase(b, ACCOUNT), 0);
            assertThat(output.getAll().substring(logged))
                    .contains("An account was erased; likes=26")
                    .doesNotContain(ACCOUNT);
        }
        assertThat(a.metric("like.drift")).isZero();
        assertNothingDiffers();
    }

    private static void toggleWithKey(String name, String account) {
        Answer answer = Service.answerIn(Service.send(a.request("POST", Service.path(name, "/like"))
                .header("Authorization", "Bearer " + Service.token(account))
                .header("Idempotency-Key", "key-of-" + name)));
        assertThat(answer.liked()).isTrue();
    }

    @Test
    void operatorsEraseByEndpointAndByCommand() {
        List<String> names = servers.characters(3, "Operated");
        names.forEach(name -> a.like(name, ACCOUNT));
        String path = "/api/v2/accounts/" + URLEncoder.encode(ACCOUNT, StandardCharsets.UTF_8) + "/likes";
        assertThat(a.send("DELETE", path, Service.token(OTHER)).statusCode()).isEqualTo(403);
        assertErased(a.send("DELETE", path, Service.OPERATOR), 3);
        assertThat(traces()).isEmpty();

        names.forEach(name -> a.like(name, ACCOUNT));
        assertThat(command(EraseCommand.ERASED, servers.configuration(), "--account", ACCOUNT))
                .contains("3 likes were taken back. Left: 0");
        assertThat(traces()).isEmpty();
        assertThat(command(EraseCommand.FAILED, servers.configuration(), "--acount=" + ACCOUNT))
                .contains("Usage: erase --account ID");
        assertThat(command(
                        EraseCommand.FAILED,
                        servers.configuration("like.buffer.strategy=in-memory", "like.redis.uri="),
                        "--account=" + ACCOUNT))
                .contains("in the memory of another process", "DELETE /api/v2/accounts/{accountId}/likes");
        assertNothingDiffers();
    }

    private static String command(int code, Map<String, String> configuration, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String[] all = Stream.of(
                        Stream.of(EraseCommand.NAME), Stream.of(arguments), Stream.of(Service.arguments(configuration)))
                .flatMap(each -> each)
                .toArray(String[]::new);
        int exit = EraseCommand.run(new PrintStream(out, true, StandardCharsets.UTF_8), all);
        String printed = out.toString(StandardCharsets.UTF_8);
        assertThat(exit).as(printed).isEqualTo(code);
        return printed;
    }

    @Test
    void anErasureWithoutRedisIsCompletedWhenRedisIsBack() {
        List<String> names = servers.characters(3, "Waiting");
        names.forEach(name -> a.like(name, ACCOUNT));
        servers.redis.stop();
        HttpResponse<String> answer = erase(a, ACCOUNT);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("\"code\":\"ERASURE_UNDER_WAY\"");
        servers.redis.start();
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(traces()).isEmpty());
        await().untilAsserted(() ->
                names.forEach(name -> assertThat(a.status(name, ACCOUNT)).isEqualTo(new Answer(false, 0))));
        assertThat(servers.miscounted()).isEmpty();
    }

    @Test
    void likesGivenMeanwhileAreErasedOrWereGivenAfterwards() {
        List<String> names = servers.characters(20, "Meanwhile");
        names.forEach(name -> a.like(name, ACCOUNT));
        AtomicBoolean over = new AtomicBoolean();
        try (Workers workers = new Workers()) {
            Future<Void> likes = workers.begin(() -> {
                for (int i = 0; !over.get(); i++) {
                    a.like(names.get(i % 2), ACCOUNT);
                }
                return null;
            });
            assertThat(erase(a, ACCOUNT).statusCode()).isEqualTo(200);
            names.subList(2, 20)
                    .forEach(name -> assertThat(a.status(name, ACCOUNT)).isEqualTo(new Answer(false, 0)));
            over.set(true);
            Workers.resultOf(likes);
        }
        assertThat(erase(a, ACCOUNT).statusCode()).isEqualTo(200);
        assertThat(traces()).isEmpty();
        assertNothingDiffers();
    }
}
