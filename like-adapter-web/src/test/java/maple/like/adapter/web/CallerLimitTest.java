package maple.like.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import maple.like.domain.AccountId;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;

class CallerLimitTest {
    final AtomicLong nanos = new AtomicLong();
    final TimeMeter time = new TimeMeter() {
        @Override
        public long currentTimeNanos() {
            return nanos.get();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    };
    final AccountId account = new AccountId("account-1");
    CallerLimit limit = new CallerLimit("changes", 120, time);

    boolean take() {
        return limit.take(account, new MockHttpServletResponse());
    }

    long takeAll(int tries) {
        return IntStream.range(0, tries).filter(i -> take()).count();
    }

    @Test
    void sixtyAtOnceAndTwoInASecondFromThenOn() {
        assertThat(takeAll(100)).isEqualTo(60);
        nanos.addAndGet(Duration.ofMillis(500).toNanos());
        assertThat(takeAll(100)).isEqualTo(1);
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(takeAll(100)).isEqualTo(20);
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        assertThat(takeAll(100)).isEqualTo(60);
    }

    @Test
    void smallLimitIsItsOwnBurst() {
        limit = new CallerLimit("changes", 5, time);
        assertThat(takeAll(100)).isEqualTo(5);
        nanos.addAndGet(Duration.ofSeconds(12).toNanos());
        assertThat(takeAll(100)).isEqualTo(1);
    }

    @Test
    void clientLearnsWhatIsLeftAndWhenToRetry() {
        MockHttpServletResponse first = new MockHttpServletResponse();
        limit.take(account, first);
        assertThat(first.getHeader("RateLimit-Policy")).isEqualTo("\"changes\";q=120;w=60");
        assertThat(first.getHeader("RateLimit")).isEqualTo("\"changes\";r=59;t=1");
        assertThat(first.getHeader("Retry-After")).isNull();
        takeAll(59);
        MockHttpServletResponse last = new MockHttpServletResponse();
        assertThat(limit.take(account, last)).isFalse();
        assertThat(last.getHeader("RateLimit")).isEqualTo("\"changes\";r=0;t=1");
        assertThat(last.getHeader("Retry-After")).isEqualTo("1");
    }

    @Test
    void accountsDoNotShareAndTheirNumberIsBounded() {
        takeAll(60);
        assertThat(limit.take(new AccountId("account-2"), new MockHttpServletResponse()))
                .isTrue();
        assertThat(take()).isFalse();
        IntStream.range(0, 150_000)
                .mapToObj(i -> new AccountId("other-" + i))
                .forEach(other -> limit.take(other, new MockHttpServletResponse()));
        assertThat(limit.accounts()).isLessThanOrEqualTo(100_000);
    }
}
