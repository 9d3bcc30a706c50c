package maple.like.adapter.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;

/** The ports of {@link RedisAdapter}, on commands that a test can stand in front of. */
public final class RedisPorts {
    private final RedisCalls[] calls;
    private final LikePartitions partitions;
    private final Counter drift = Counter.builder("like.drift").register(new SimpleMeterRegistry());

    public RedisPorts(RedisClusterAsyncCommands<String, String> commands, LikePartitions partitions) {
        RedisCalls shared = new RedisCalls(
                new RedisCalls.Commands() {
                    @Override
                    public RedisClusterAsyncCommands<String, String> get() {
                        return commands;
                    }

                    @Override
                    public RedisClusterAsyncCommands<String, String> now() {
                        return commands;
                    }
                },
                Duration.ofSeconds(5),
                new Pulse(System::nanoTime, Duration.ofDays(1), () -> {}));
        this.partitions = partitions;
        this.calls = partitions.all().mapToObj(partition -> shared).toArray(RedisCalls[]::new);
    }

    public LikeToggle likeToggle(LikeCountStore store) {
        return likes(store);
    }

    public LikeReader likeReader(LikeCountStore store) {
        return likes(store);
    }

    private RedisLikes likes(LikeCountStore store) {
        return new RedisLikes(calls, partitions, store, Duration.ofMinutes(30), 0, drift);
    }

    public PendingLikes pendingLikes() {
        return new RedisPendingLikes(calls, partitions);
    }
}
