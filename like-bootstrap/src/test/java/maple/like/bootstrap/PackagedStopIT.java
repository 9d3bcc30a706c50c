package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import maple.like.application.contract.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar, stopped as an orchestrator stops it while clients go on. */
class PackagedStopIT {
    private static final int CLIENTS = 8;

    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Queue<String> unanswered = new ConcurrentLinkedQueue<>();

    @Test
    void everyRequestIsAnsweredAndEveryAnswerIsInTheDatabase(@TempDir Path directory) throws Exception {
        try (Servers servers = new Servers();
                Workers workers = new Workers()) {
            String name = servers.character("Adele");
            Map<String, String> properties = servers.configuration();
            properties.put("like.sync.interval", "1h"); // what is in the database was stored by the stop
            PackagedJar jar = PackagedJar.start(properties, directory.resolve("run.log"));
            Process process = jar.process();
            try {
                await().atMost(Duration.ofSeconds(180)).until(jar::isUp);
                AtomicInteger answers = new AtomicInteger();
                List<Future<Boolean>> clients = IntStream.range(0, CLIENTS)
                        .mapToObj(client -> workers.begin(() -> likeUntilRefused(jar.port(), name, client, answers)))
                        .toList();
                await().atMost(Duration.ofSeconds(120)).until(() -> answers.get() > 200);
                process.destroy();
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
                clients.forEach(Workers::resultOf);
            } finally {
                process.destroyForcibly();
            }
            assertThat(unanswered)
                    .as(Files.readString(directory.resolve("run.log")))
                    .isEmpty();
            assertThat(new HashSet<>(servers.storedLikers(name))).containsAll(acknowledged);
            assertThat(servers.storedCount(name))
                    .isEqualTo(servers.storedLikers(name).size());
            assertThat(servers.redis
                            .commands()
                            .exists(
                                    "{likes}:batch",
                                    "{likes}:relations:pending",
                                    "{likes}:relations:unliked",
                                    "{likes}:buffer"))
                    .isZero();
        }
    }

    /** A client that keeps its connection as long as the server does, and ends when it is refused a new one. */
    private boolean likeUntilRefused(int port, String name, int client, AtomicInteger answers) throws IOException {
        try (RawHttp http = new RawHttp(port)) {
            boolean isNew = true;
            for (int i = 0; ; i++) {
                String account = "account-" + client + "-" + i;
                try {
                    RawHttp.Answer answer =
                            http.send(PackagedJar.request("PUT", Service.path(name, "/like"), account), false);
                    assertThat(answer.status()).isEqualTo(200);
                    acknowledged.add(account);
                    answers.incrementAndGet();
                    isNew = answer.headers().getOrDefault("connection", "").contains("close");
                } catch (ConnectException refused) {
                    return true;
                } catch (IOException e) {
                    // A new connection may still have waited for its turn when the door was shut: nobody read from it.
                    if (!isNew) {
                        unanswered.add(account + ": " + e);
                    }
                    return false;
                }
            }
        }
    }
}
