package maple.like.application;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutageTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Outage outage = new Outage(nanos::get);

    @Test
    void itBeginsWithTheFirstPartAndEndsWithTheLast() {
        assertThat(outage.works("a")).isEmpty();
        assertThat(outage.fails("a", "refused")).isTrue();
        nanos.addAndGet(1_000);
        assertThat(outage.fails("a", "refused")).isFalse();
        assertThat(outage.fails("b", "refused")).isFalse();
        assertThat(outage.works("a")).isEmpty();
        assertThat(outage.fails("b", "wrong password")).as("another reason").isTrue();
        assertThat(outage.works("b")).contains(Duration.ofNanos(1_000));
        assertThat(outage.works("b")).isEmpty();
        assertThat(outage.fails("b", "refused")).as("the next outage").isTrue();
    }

    @Test
    void reasonsThatDifferInNumbersAreOneAndOfOthersTenAreLogged() {
        int logged = 0;
        for (int i = 0; i < 100; i++) {
            logged += outage.fails("a", "timed out after " + i + " ms: " + "x".repeat(i / 5)) ? 1 : 0;
        }
        assertThat(logged).isEqualTo(10);
        assertThat(outage.fails("b", "timed out after 1000 ms: ")).isFalse();
    }

    @Test
    void theReasonIsThatOfTheInnermostFailureAndWhatSaysMoreAroundIt() {
        IOException refused = new IOException("Connection refused");
        RuntimeException wrapped = new RuntimeException("Unable to connect", refused);
        String both = "RuntimeException: Unable to connect: IOException: Connection refused";
        assertThat(Outage.reason(wrapped)).isEqualTo(both);
        assertThat(Outage.reason(new RuntimeException("Connection refused: /127.0.0.1:1", refused)))
                .isEqualTo("RuntimeException: Connection refused: /127.0.0.1:1");
        assertThat(Outage.reason(new RuntimeException(refused))).isEqualTo("IOException: Connection refused");
        Exception several = new IOException("Cannot connect to a Sentinel");
        several.addSuppressed(new IOException("the first"));
        several.addSuppressed(wrapped);
        assertThat(Outage.reason(several)).isEqualTo(both);
        assertThat(Outage.reason(new IllegalStateException())).isEqualTo("IllegalStateException");
        assertThat(PrimaryUnavailableException.notSent("Redis could not be reached", wrapped)
                        .reason())
                .isEqualTo("Redis could not be reached (" + both + ")");
        assertThat(PrimaryUnavailableException.notSent("Interrupted", null).reason())
                .isEqualTo("Interrupted");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'u' 'Sesame' | ning with: …",
                "Unable to connect to redis://user:Sesame@host:6379/1 | redis://***@host:6379/1",
                "jdbc:mysql://host/likes?user=u&password=Sesame&x=1 | &password=***&x=1"
            })
    void aReasonHasNoPassword(String message, String shown) {
        assertThat(Outage.reason(new IOException(message)))
                .doesNotContain("Sesame")
                .contains(shown);
    }

    @Test
    void aReasonIsOneLineOfBoundedLength() {
        String reason = Outage.reason(new IOException("a\r\nb\u0007c\u2028d\u202e" + "x".repeat(1_000)));
        assertThat(reason).startsWith("IOException: a b c d x").hasSize(300).endsWith("…");
    }
}
