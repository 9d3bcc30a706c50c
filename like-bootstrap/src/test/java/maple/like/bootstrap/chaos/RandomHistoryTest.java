package maple.like.bootstrap.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random calls while random things break. The seed determines what is called and what is broken, not how threads and
 * processes take turns: the same seed does the same again, but need not find the same.
 */
@Tag("alone")
class RandomHistoryTest {
    private static final Path LOGS = Path.of("target", "chaos").toAbsolutePath();

    @Test
    void everyAnswerFollowsFromWhatWasAcknowledgedBeforeWhateverBreaks() throws Exception {
        long seed = Long.getLong("chaos.seed", new Random().nextLong());
        Duration length =
                Duration.ofSeconds(Math.round(60 * Double.parseDouble(System.getProperty("chaos.minutes", "0.5"))));
        System.out.println(
                "Random history with -Dchaos.seed=" + seed + ", " + length.toSeconds() + " s; logs in " + LOGS);
        Report report = new Run(seed, length, Fault.Kind.named(System.getProperty("chaos.faults", "")), LOGS).go();
        System.out.println(report.summary());
        assertThat(report.operations()).hasSizeGreaterThan(100);
        assertThat(report.clean()).as(report::findings).isTrue();
    }
}
