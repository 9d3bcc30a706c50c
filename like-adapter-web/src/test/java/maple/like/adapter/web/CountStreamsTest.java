package maple.like.adapter.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.LikesUnavailableException;
import maple.like.application.port.in.WatchLikes;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.Ocid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CountStreamsTest {
    private static final GameCharacter ADELE = new GameCharacter(new Ocid("adele"), new CharacterName("아델"));
    private static final GameCharacter EVAN = new GameCharacter(new Ocid("evan"), new CharacterName("Evan"));
    private static final CharacterName ALIAS = new CharacterName("Adele");

    private final Likes likes = new Likes();
    private final AtomicInteger open = new AtomicInteger();
    private CountStreams streams = streams(10);

    /** Counts that a test sets. */
    private static final class Likes implements WatchLikes {
        final Map<GameCharacter, Long> counts = new ConcurrentHashMap<>(Map.of(ADELE, 1L, EVAN, 2L));
        final AtomicInteger reads = new AtomicInteger();
        final AtomicBoolean unavailable = new AtomicBoolean();
        final AtomicBoolean notifies = new AtomicBoolean(true);

        @Override
        public Map<CharacterName, GameCharacter> find(Collection<CharacterName> names) {
            Map<CharacterName, GameCharacter> all = new HashMap<>();
            Stream.of(ADELE, EVAN).forEach(each -> all.put(each.name(), each));
            all.put(ALIAS, ADELE);
            all.keySet().retainAll(names);
            return all;
        }

        @Override
        public Map<GameCharacter, LikeCount> counts(Collection<GameCharacter> characters) {
            reads.incrementAndGet();
            if (unavailable.get()) {
                throw new DatabaseUnavailableException("an outage", null);
            }
            Map<GameCharacter, LikeCount> read = new HashMap<>();
            characters.forEach(each -> read.put(each, new LikeCount(counts.get(each))));
            return read;
        }

        @Override
        public boolean notifies() {
            return notifies.get();
        }

        @Override
        public void watch(Watcher watcher) {}
    }

    private final class Monitor implements StreamMonitor {
        @Override
        public void opened() {
            open.incrementAndGet();
        }

        @Override
        public void refused() {}

        @Override
        public void sent(int counts) {}

        @Override
        public void dropped() {}

        @Override
        public void closed(Reason reason) {
            open.decrementAndGet();
        }
    }

    private static final class Connection implements StreamConnector.Connection {
        private final StringBuffer taken = new StringBuffer();

        @Override
        public boolean write(byte[] text) {
            taken.append(new String(text, UTF_8));
            return true;
        }

        @Override
        public boolean flush() {
            return true;
        }

        @Override
        public void close() {}

        String text() {
            return taken.toString();
        }
    }

    private CountStreams streams(int most) {
        CountStreams created = new CountStreams(
                likes, new StreamSettings(100, most, Duration.ofHours(1)), new Monitor(), System::nanoTime, () -> 7);
        created.start();
        return created;
    }

    @AfterEach
    void stop() {
        streams.stop();
        assertThat(open).hasValue(0);
    }

    private Connection connect(CharacterName... names) {
        Connection connection = new Connection();
        streams.open(Set.of(names)).onConnect(connection);
        return connection;
    }

    private static String event(CharacterName name, long count) {
        return "event: count\ndata: {\"userIgn\":\"" + name + "\",\"likeCount\":" + count + "}\n\n";
    }

    private void change(GameCharacter character, long count) {
        likes.counts.put(character, count);
        streams.onChange(character.ocid());
    }

    @Test
    void aChangeIsReadOnceForAllAndSentUnderTheNameThatEachGave() {
        List<Connection> connections =
                List.of(connect(ADELE.name()), connect(ADELE.name(), EVAN.name()), connect(ALIAS));
        assertThat(connections.get(1).text()).contains(event(ADELE.name(), 1), event(EVAN.name(), 2));
        int before = likes.reads.get();
        change(ADELE, 5);
        await().untilAsserted(() -> {
            assertThat(connections.get(0).text()).endsWith(event(ADELE.name(), 5));
            assertThat(connections.get(1).text()).endsWith(event(ADELE.name(), 5));
            assertThat(connections.get(2).text()).endsWith(event(ALIAS, 5));
        });
        assertThat(likes.reads.get() - before).isEqualTo(1);
        streams.onChange(new Ocid("unwatched"));
        likes.counts.put(EVAN, 9L);
        streams.onAnyChange();
        await().untilAsserted(() -> assertThat(connections.get(1).text()).endsWith(event(EVAN.name(), 9)));
    }

    @Test
    void countsAreReadAgainAndAgainWhileNoChangeIsNotifiedOf() {
        Connection connection = connect(ADELE.name());
        likes.notifies.set(false);
        for (long count = 5; count < 7; count++) {
            likes.counts.put(ADELE, count);
            String event = event(ADELE.name(), count);
            await().untilAsserted(() -> assertThat(connection.text()).endsWith(event));
        }
    }

    @Test
    void countsAreReadAgainBeforeFurtherStreamsAreWrittenTo() {
        streams.stop();
        streams = streams(1_000);
        for (int i = 0; i < 500; i++) {
            connect(ADELE.name());
            connect(EVAN.name());
        }
        int before = likes.reads.get();
        streams.onAnyChange();
        await().until(() -> likes.reads.get() == before + 2);
    }

    @Test
    void aCountThatCannotBeReadIsSentLater() {
        Connection connection = connect(ADELE.name());
        likes.unavailable.set(true);
        int before = likes.reads.get();
        change(ADELE, 5);
        await().until(() -> likes.reads.get() > before);
        assertThatExceptionOfType(LikesUnavailableException.class).isThrownBy(() -> streams.open(Set.of(EVAN.name())));
        likes.unavailable.set(false);
        await().untilAsserted(() -> assertThat(connection.text()).endsWith(event(ADELE.name(), 5)));
    }

    @Test
    void aStreamThatIsRefusedOrFailsTakesNoPlace() {
        streams.stop();
        streams = streams(1);
        for (int i = 0; i < 3; i++) {
            assertThatExceptionOfType(ProblemException.class)
                    .isThrownBy(() -> streams.open(Set.of(new CharacterName("Unknown"))));
        }
        CountStream only = streams.open(Set.of(ADELE.name(), new CharacterName("Unknown")));
        for (int i = 0; i < 3; i++) {
            assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> streams.open(Set.of(ADELE.name())));
        }
        only.close(StreamMonitor.Reason.CLIENT);
        streams.open(Set.of(EVAN.name()));
        streams.stop();
        assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> streams.open(Set.of(ADELE.name())));
    }
}
