package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import maple.like.bootstrap.Service.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Other writers edit the rows of characters while changes wait in Redis. */
class EditedRowsTest {
    private final Servers servers = new Servers();
    private final Map<String, String> configuration = servers.configuration();
    private Service idle;

    /** Has every character in its memory that it was asked for, and does not flush. */
    @BeforeEach
    void start() {
        idle = servers.start("like.sync.interval=10m", "app.instance-id=idle");
        await().until(() -> servers.redis.commands().exists("{likes}:complete") == 1);
    }

    @AfterEach
    void stop() {
        idle.close();
        servers.close();
    }

    private Service flushing() {
        return servers.start("app.instance-id=flushing");
    }

    private void assertNothingDiffers(Service service) {
        assertThat(servers.miscounted()).isEmpty();
        assertThat(service.metric("like.drift")).isZero();
        AuditRun audit = AuditRun.of(configuration);
        assertThat(audit.lines()).noneMatch(line -> line.contains("should be"));
        assertThat(audit.code()).isEqualTo(AuditCommand.SAME);
    }

    private void rename(String from, String to) {
        servers.sql.update("update game_character set user_ign = ? where user_ign = ?", to, from);
    }

    @Test
    void aRenamedCharacterIsCountedExactlyUnderBothNames() {
        String name = servers.character("Before");
        for (int i = 1; i <= 5; i++) {
            assertThat(idle.like(name, "account-" + i)).isEqualTo(new Answer(true, i));
        }
        rename("Before", "After");
        servers.sql.update("insert into game_character (user_ign, ocid) values ('Before', 'ocid-reused')");
        try (Service b = flushing()) {
            assertThat(b.like("After", "account-6")).isEqualTo(new Answer(true, 6));
            assertThat(idle.like("Before", "account-7")).isEqualTo(new Answer(true, 7)); // in its memory still
            await().until(() -> servers.storedCount("After") == 7);
            assertThat(b.like("Before", "account-8")).isEqualTo(new Answer(true, 1)); // the other character
            assertThat(b.unlike("After", "account-1")).isEqualTo(new Answer(false, 6));
            await().until(() -> servers.storedCount("After") == 6 && servers.storedCount("Before") == 1);
            assertThat(b.status("After", "account-7")).isEqualTo(new Answer(true, 6));
            assertThat(b.send("GET", "/api/v2/accounts/me/likes", Service.token("account-7"))
                            .body())
                    .contains("\"After\"")
                    .doesNotContain("Before");
            assertNothingDiffers(b);
        }
    }

    @Test
    void aCharacterReplacedByAnotherOfItsNameLeavesItNoLikes() {
        String name = servers.character("Same");
        idle.like(name, "account-1");
        idle.like(name, "account-2");
        servers.sql.update("update game_character set ocid = 'ocid-new' where user_ign = 'Same'");
        try (Service b = flushing()) {
            assertThat(b.like(name, "account-3")).isEqualTo(new Answer(true, 1));
            assertThat(b.metric("like.characters.name.taken")).isEqualTo(1);
            await().until(() -> servers.storedCount(name) == 1);
            await().until(() -> servers.sql.queryForObject("select count(*) from like_set_aside", Long.class) == 2);
            assertThat(b.status(name, "account-1")).isEqualTo(new Answer(false, 1));
            await().until(() -> servers.redis.commands().exists("{likes}:buffer") == 0);
            assertNothingDiffers(b);
        }
    }

    @Test
    void aDeletedCharacterThatReturnsHasTheLikesThatHaveRows() {
        String name = servers.character("Returns");
        try (Service b = flushing()) {
            for (int i = 1; i <= 3; i++) {
                b.like(name, "account-" + i);
            }
            assertThat(idle.count(name)).isEqualTo(3);
            await().until(() -> servers.storedCount(name) == 3);
        }
        servers.sql.update("delete from game_character where user_ign = ?", name);
        servers.sql.update("delete from character_like where liker_account_id = 'account-3'");
        idle.like(name, "account-4"); // does not know that it was deleted
        servers.character(name);
        try (Service b = flushing()) {
            await().until(() -> servers.storedLikers(name).size() == 3 && servers.storedCount(name) == 3);
            await().untilAsserted(() -> assertThat(b.status(name, "account-3")).isEqualTo(new Answer(false, 3)));
            assertThat(b.unlike(name, "account-1")).isEqualTo(new Answer(false, 2));
            await().until(() -> servers.storedCount(name) == 2);
            await().until(() -> servers.redis.commands().exists("{likes}:complete") == 1);
            assertNothingDiffers(b);
        }
    }

    @Test
    void invalidRowsAreSkippedAndNamedByTheAudit() {
        servers.sql.update(
                "insert into game_character (user_ign, ocid) values ('Broken', 'no OCID'), (?, 'ocid-nfd'),"
                        + " (' ', 'ocid-blank')",
                Normalizer.normalize("아델", Normalizer.Form.NFD));
        String valid = servers.character("Valid");
        try (Service b = flushing()) {
            for (String path : List.of("/like/count", "/like/status")) {
                assertThat(b.send("GET", Service.path("Broken", path), Service.token("me"))
                                .statusCode())
                        .isEqualTo(404);
            }
            assertThat(b.change("PUT", "Broken", "me").statusCode()).isEqualTo(404);
            assertThat(b.like("아델", "me")).isEqualTo(new Answer(true, 1));
            assertThat(b.like(valid, "me")).isEqualTo(new Answer(true, 1));
            await().until(() -> servers.storedCount(valid) == 1);
            assertNothingDiffers(b);
        }
        assertThat(AuditRun.of(configuration).lines())
                .filteredOn(line -> line.contains("note: skipped"))
                .hasSize(2)
                .anyMatch(line -> line.contains("'Broken'") && line.contains("'no OCID'"))
                .anyMatch(line -> line.contains("ocid-blank"));
    }

    // Characters that an operator joins or removes

    private String characters(int code, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String[] all = Stream.of(
                        Stream.of(CharactersCommand.NAME),
                        Stream.of(arguments),
                        Stream.of(Service.arguments(configuration)),
                        Stream.of("--like.cache.l1-ttl=1s"))
                .flatMap(each -> each)
                .toArray(String[]::new);
        int exit = CharactersCommand.run(new PrintStream(out, true, StandardCharsets.UTF_8), all);
        String printed = out.toString(StandardCharsets.UTF_8);
        assertThat(exit).as(printed).isEqualTo(code);
        return printed;
    }

    @Test
    void aCharacterIsMergedIntoItsSuccessorWhileTheServiceRuns() {
        String old = servers.character("Old");
        String now = servers.character("Now");
        String bystander = servers.character("Bystander");
        String[] merge = {"merge", "--from", Servers.ocid(old), "--to", Servers.ocid(now)};
        try (Service b = servers.start("app.instance-id=b", "like.cache.l1-ttl=1s");
                Load load = Load.ofRetries(List.of(bystander), b)) {
            for (int i = 1; i <= 4; i++) {
                b.like(old, "account-" + i);
            }
            for (int i = 3; i <= 6; i++) {
                b.like(now, "account-" + i);
            }
            await().until(() -> servers.storedCount(old) == 4 && servers.storedCount(now) == 4);
            assertThat(characters(CharactersCommand.TO_DO, merge))
                    .contains("Old", "has 4 likes, 2 of them by accounts that like " + Servers.ocid(now));
            assertThat(servers.storedCount(old)).isEqualTo(4);
            assertThat(characters(CharactersCommand.DONE, concat(merge, "--apply")))
                    .contains("4 likes were moved");
            assertThat(servers.storedLikers(old)).isEmpty();
            assertThat(servers.storedCount(now)).isEqualTo(6);
            await().untilAsserted(() -> assertThat(b.count(old)).isEqualTo(6));
            assertThat(b.unlike(old, "account-1")).isEqualTo(new Answer(false, 5));
            assertThat(b.status(now, "account-1")).isEqualTo(new Answer(false, 5));
            assertThat(characters(CharactersCommand.DONE, concat(merge, "--apply")))
                    .contains("nothing to do");
            load.end().awaitEverywhere(servers, b);
            await().until(() -> servers.storedCount(now) == 5);
            assertNothingDiffers(b);
        }
    }

    @Test
    void aCharacterIsDeletedWithItsLikes() {
        String name = servers.character("Gone");
        try (Service b = servers.start("app.instance-id=b", "like.cache.l1-ttl=1s", "like.cache.unknown-ttl=1s")) {
            b.like(name, "account-1");
            b.like(name, "account-2");
            servers.sql.update(
                    "insert into character_like (target_ocid, liker_account_id, created_at) values (?, 'no account', now())",
                    Servers.ocid(name));
            assertThat(characters(CharactersCommand.FAILED, "delete", "--apply"))
                    .contains("--ocid is missing");
            assertThat(characters(CharactersCommand.DONE, "delete", "--ocid=" + Servers.ocid(name), "--apply"))
                    .contains("Waiting 1 s (like.cache.l1-ttl)", "2 likes were taken back");
            await().untilAsserted(() -> assertThat(
                            b.get(Service.path(name, "/like/count")).statusCode())
                    .isEqualTo(404));
            assertThat(servers.storedLikers(name)).isEmpty();
            servers.character(name);
            await().untilAsserted(() -> assertThat(b.like(name, "account-3")).isEqualTo(new Answer(true, 1)));
            assertNothingDiffers(b);
        }
    }

    private static String[] concat(String[] arguments, String last) {
        return Stream.concat(Stream.of(arguments), Stream.of(last)).toArray(String[]::new);
    }
}
