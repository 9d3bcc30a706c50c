package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import maple.like.bootstrap.Service.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** The wall clock jumps by an hour between any two readings. */
class ClockJumpTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private static volatile Supplier<Duration> offset = () -> Duration.ZERO;

    private final Servers servers = new Servers();

    @AfterEach
    void stop() {
        offset = () -> Duration.ZERO;
        servers.close();
    }

    private Service start(String instanceId) {
        return servers.startWith(WrongClock.class, "app.instance-id=" + instanceId, "like.redis.partitions=2");
    }

    @Test
    void jumpsChangeNoAnswerAndNoRow() {
        Random jumps = new Random(1);
        offset = () -> {
            synchronized (jumps) {
                return HOUR.multipliedBy(jumps.nextInt(3) - 1);
            }
        };
        try (Service a = start("a");
                Service b = start("b")) {
            List<String> names = servers.characters(4, "Jump");
            ExpectedLikes expected = new ExpectedLikes(names);
            Random random = new Random(2);
            for (int i = 0; i < 200; i++) {
                String name = names.get(random.nextInt(names.size()));
                String account = "account-" + random.nextInt(5);
                Answer answer = (random.nextBoolean() ? a : b).toggle(name, account);
                assertThat(answer).isEqualTo(expected.toggle(name, account));
            }
            expected.awaitEverywhere(servers, a, b);
            for (Service each : List.of(a, b)) {
                assertThat(each.metric("like.event.gap")).isZero();
                assertThat(each.metric("like.sync.lag")).isBetween(0.0, 60.0);
            }
        }
    }

    @Test
    void othersReceiveTheEventsOfAnInstanceThatRestartsWithTheClockSetBack() {
        String name = servers.character("Back");
        try (Service b = start("b")) {
            try (Service a = start("a")) {
                for (int i = 0; i < 20; i++) {
                    a.toggle(name, "before-" + i);
                }
                await().until(() -> b.count(name) == 20);
            }
            for (Duration back : List.of(HOUR.negated(), Duration.ofSeconds(-5))) {
                offset = () -> back;
                try (Service a = start("a")) {
                    for (int i = 0; i < 3; i++) {
                        long before = b.count(name); // is in the L1 of b now
                        a.toggle(name, "after-" + i);
                        await().until(() -> b.count(name) != before);
                    }
                }
            }
        }
    }

    /** Takes the place of the system clock. */
    @Configuration(proxyBeanMethods = false)
    static class WrongClock {
        @Bean
        @Primary
        Clock wrongClock() {
            return new Clock() {
                @Override
                public Instant instant() {
                    return Instant.now().plus(offset.get());
                }

                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    return this;
                }
            };
        }
    }
}
