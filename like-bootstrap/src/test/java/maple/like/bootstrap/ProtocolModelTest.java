package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the executable model of the synchronisation protocol. */
class ProtocolModelTest {
    private static final Path MODEL = Path.of("..", "docs", "model", "ProtocolModel.java");

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void keepsEveryPromiseInRandomRuns() throws Exception {
        String seed = System.getProperty("protocol.seed", String.valueOf(new Random().nextInt(1_000_000_000)));
        System.out.println("ProtocolModelTest: -Dprotocol.seed=" + seed);
        assertThatModelSucceeds("3", seed);
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void breaksAPromiseWithoutEachSafeguard() throws Exception {
        assertThatModelSucceeds("--mutations", "60");
    }

    private static void assertThatModelSucceeds(String... arguments) throws IOException, InterruptedException {
        List<String> command = TestJvm.command(MODEL.toString());
        command.addAll(List.of(arguments));
        Process model = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = new String(model.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(model.waitFor()).as(output).isZero();
        } finally {
            model.destroyForcibly();
        }
    }
}
