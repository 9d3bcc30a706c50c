package maple.like.bootstrap.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import maple.like.adapter.redis.TestRedis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Starts in a folder with what others left in it. {@code LocalModeTest} tests the rest. */
class LocalRedisTest {
    @TempDir
    private Path directory;

    private void assertStartsWhere(String recorded) throws IOException {
        Path record = directory.resolve("redis.port");
        Files.writeString(record, recorded, StandardCharsets.ISO_8859_1);
        try (LocalRedis redis = LocalRedis.start(directory)) {
            assertThat(record).hasContent(Integer.toString(redis.uri().getPort()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbled", "\u00ff\u0000", "70000"})
    void whatIsNoPortIsNotRecorded(String recorded) throws IOException {
        assertStartsWhere(recorded);
    }

    @Test
    void anotherRedisOnTheRecordedPortIsLeftAlone() throws IOException {
        try (TestRedis other = TestRedis.started()) {
            assertStartsWhere(Integer.toString(other.uri().getPort()));
            assertThat(other.commands().ping()).isEqualTo("PONG");
        }
    }

    @Test
    void aSilentServerOnTheRecordedPortDelaysTheStartForSecondsOnly() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
            long start = System.nanoTime();
            assertStartsWhere(Integer.toString(silent.getLocalPort()));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        }
    }

    @Test
    void aFolderThatCannotBeUsedIsNamedWithTheWayOut() throws IOException {
        Path file = Files.createFile(directory.resolve("redis"));
        assertThatThrownBy(() -> LocalRedis.start(file))
                .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                .hasMessageContaining("like.buffer.strategy")
                .hasMessageContaining("cannot be started in " + file)
                .hasMessageContaining("FileAlreadyExistsException")
                .hasMessageContaining("to in-memory");
    }
}
