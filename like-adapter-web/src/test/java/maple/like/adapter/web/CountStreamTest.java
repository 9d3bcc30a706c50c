package maple.like.adapter.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CountStreamTest {
    private final AtomicLong nanos = new AtomicLong();
    private final List<String> monitored = new ArrayList<>();
    private final AtomicInteger disconnects = new AtomicInteger();
    private final Connection connection = new Connection();
    private final CountStream stream = new CountStream(2, bytes("head\n"), new Monitor(), nanos::get);

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private final class Monitor implements StreamMonitor {
        @Override
        public void opened() {}

        @Override
        public void refused() {}

        @Override
        public void sent(int counts) {
            monitored.add("sent " + counts);
        }

        @Override
        public void dropped() {
            monitored.add("dropped");
        }

        @Override
        public void closed(Reason reason) {
            monitored.add("closed " + reason);
        }
    }

    /** Takes one text, and keeps what is left of it while it is full. */
    private final class Connection implements StreamConnector.Connection {
        final StringBuilder taken = new StringBuilder();
        boolean full;
        boolean broken;

        @Override
        public boolean write(byte[] text) throws IOException {
            if (broken) {
                throw new IOException("broken");
            }
            taken.append(new String(text, UTF_8));
            return !full;
        }

        @Override
        public boolean flush() {
            return !full;
        }

        @Override
        public void close() {
            disconnects.incrementAndGet();
        }

        String text() {
            String text = taken.toString();
            taken.setLength(0);
            return text;
        }
    }

    private void connect() {
        stream.onConnect(connection);
    }

    private void offer(int character, long count) {
        stream.offer(character, count, bytes(character + "=" + count + "\n"));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        stream.tick();
    }

    @Test
    void itBeginsWithItsHeadAndTheNewestCounts() {
        stream.begin(0, 5, bytes("0=5\n"));
        offer(1, 7); // changed while the first counts were read
        stream.begin(1, 6, bytes("1=6\n"));
        connect();
        assertThat(connection.text()).isEqualTo("head\n0=5\n1=7\n");
        offer(0, 5);
        stream.send();
        assertThat(connection.text()).as("an unchanged count").isEmpty();
        offer(0, 6);
        stream.send();
        assertThat(connection.text()).isEqualTo("0=6\n");
        assertThat(monitored).containsExactly("sent 2", "sent 1");
    }

    @Test
    void aClientThatDoesNotReadLosesIntermediateCountsAndThenItsConnection() {
        connection.full = true;
        connect();
        for (int count = 1; count <= 4; count++) {
            offer(0, count);
            stream.send();
        }
        pass(CountStream.LONGEST_BLOCK);
        assertThat(connection.text()).as("kept by the connection").isEqualTo("head\n");
        assertThat(monitored).containsExactly("dropped", "dropped", "dropped");
        stream.onWritePossible();
        assertThat(connection.text()).isEmpty();
        connection.full = false;
        stream.onWritePossible();
        assertThat(connection.text()).isEqualTo("0=4\n");
        connection.full = true;
        offer(0, 5);
        stream.send();
        pass(CountStream.LONGEST_BLOCK.plusNanos(1));
        assertThat(monitored).endsWith("sent 1", "closed SLOW");
        assertThat(disconnects).hasValue(1);
        stream.onDisconnect();
        assertThat(disconnects).hasValue(1);
    }

    @Test
    void aCommentKeepsAQuietConnectionAlive() {
        connect();
        connection.text();
        pass(CountStream.COMMENT_INTERVAL);
        assertThat(connection.text()).isEmpty();
        pass(Duration.ofNanos(1));
        assertThat(connection.text()).isEqualTo(":\n\n");
        pass(CountStream.COMMENT_INTERVAL);
        assertThat(connection.text()).isEmpty();
    }

    @Test
    void aBrokenConnectionEndsIt() {
        AtomicInteger left = new AtomicInteger();
        stream.onClose(left::incrementAndGet);
        connect();
        connection.broken = true;
        offer(0, 1);
        stream.send();
        assertThat(monitored).endsWith("closed CLIENT");
        assertThat(left).hasValue(1);
        stream.onConnect(new Connection());
        assertThat(disconnects).as("also one that comes late").hasValue(2);
    }
}
