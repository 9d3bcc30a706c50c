package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import maple.like.bootstrap.Service.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** The wall clock is wrong, and differently so whenever somebody looks. */
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
        Map<String, String> properties = servers.configuration();
        properties.put("app.instance-id", instanceId);
        properties.put("like.redis.partitions", "2");
        return Service.start(properties, WrongClock.class);
    }

    @Test
    void jumpsOfAnHourBetweenAnyTwoStepsChangeNothing() {
        long seed = System.nanoTime();
        Random jumps = new Random(seed);
        offset = () -> {
            synchronized (jumps) {
                return HOUR.multipliedBy(jumps.nextInt(3) - 1);
            }
        };
        try (Service a = start("a");
                Service b = start("b")) {
            List<String> names = IntStream.range(0, 4)
                    .mapToObj(i -> servers.character("Jump" + i))
                    .toList();
            Set<String> liked = new HashSet<>();
            Random random = new Random(seed);
            for (int i = 0; i < 200; i++) {
                String name = names.get(random.nextInt(names.size()));
                String account = "account-" + random.nextInt(5);
                Answer answer = (random.nextBoolean() ? a : b).toggle(name, account);
                assertThat(answer.liked()).as("seed %s", seed).isEqualTo(liked.add(name + account));
                if (!answer.liked()) {
                    liked.remove(name + account);
                }
                assertThat(answer.likeCount()).isEqualTo(countOf(liked, name));
            }
            for (String name : names) {
                await().untilAsserted(() -> {
                    assertThat(servers.storedLikers(name)).hasSize((int) countOf(liked, name));
                    assertThat(a.count(name)).isEqualTo(countOf(liked, name));
                    assertThat(b.count(name)).isEqualTo(countOf(liked, name));
                });
            }
            assertThat(servers.miscounted()).isEmpty();
            for (Service each : List.of(a, b)) {
                assertThat(each.metric("like.drift")).isZero();
                assertThat(each.metric("like.event.gap")).isZero();
                assertThat(each.gauge("like.sync.lag")).isBetween(0.0, 60.0);
            }
        }
    }

    private static long countOf(Set<String> liked, String name) {
        return liked.stream().filter(like -> like.startsWith(name)).count();
    }

    @Test
    void aRestartWithTheClockSetBackLetsOthersStillHear() {
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
                        long before = b.count(name); // b remembers this
                        a.toggle(name, "after-" + i);
                        await().until(() -> b.count(name) != before);
                    }
                }
            }
        }
    }

    /** In place of the system's. */
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
