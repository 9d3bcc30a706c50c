package maple.like.adapter.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusalsTest {
    private final List<String> reported = new ArrayList<>();
    private final AtomicLong now = new AtomicLong();
    private final Refusals refusals = new Refusals(
            new CharacterMonitor() {
                @Override
                public void refused(String reason) {
                    reported.add(reason);
                }

                @Override
                public void allowed(Duration refusedFor) {
                    reported.add(refusedFor.toSeconds() + " s");
                }
            },
            now::get);

    private void failsAfter(int seconds, String state) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
        refusals.failed(
                new IllegalStateException(new SQLException("the server's words", state)),
                DatabaseVendor.ofUrl("jdbc:postgresql:x"));
    }

    private void worksAfter(int seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
        refusals.carriedOut();
    }

    @Test
    void refusalsAreReportedWhenTheyBeginAndWhenNoneCameForAWhile() {
        failsAfter(0, "08006");
        worksAfter(60);
        assertThat(reported).isEmpty();
        failsAfter(0, "42501");
        worksAfter(20);
        failsAfter(0, "42501");
        worksAfter(20);
        assertThat(reported).containsExactly("SQLException: the server's words");
        worksAfter(20);
        worksAfter(60);
        assertThat(reported).containsExactly("SQLException: the server's words", "60 s");
        failsAfter(0, "42P01");
        assertThat(reported).hasSize(3);
    }
}
