package maple.like.adapter.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way to the node that holds some partitions: its connection, and whether it has been heard lately. */
final class RedisRoute {
    private static final Logger LOG = LoggerFactory.getLogger(RedisRoute.class);
    private static final LuaScript PULSE = LuaScript.named("pulse");

    final RedisLink link;
    final RedisCalls calls;
    private final Pulse pulse;
    private final ScheduledExecutorService timers;
    private final String[] probed;

    /** @param keys of one of the partitions */
    RedisRoute(RedisLink link, RedisCalls calls, Pulse pulse, ScheduledExecutorService timers, LikeKeys keys) {
        this.link = link;
        this.calls = calls;
        this.pulse = pulse;
        this.timers = timers;
        this.probed = new String[] {keys.generation, keys.absent};
    }

    /** Keeps the pulse where nobody calls. */
    void beat() {
        try {
            if (link.moves()) {
                probe(link.now().async());
            } else {
                long sent = pulse.now();
                link.now().async().ping().thenAccept(pong -> pulse.answered(sent));
            }
        } catch (RedisException noConnection) {
            LOG.trace("No pulse", noConnection);
        }
    }

    /** A node that was in charge still answers when it no longer is, so it is asked for what it would refuse then. */
    private void probe(RedisClusterAsyncCommands<String, String> commands) {
        CompletionStage<List<Object>> probe = probe(commands, false);
        var unused = timers.schedule(
                () -> {
                    if (!probe.toCompletableFuture().isDone()) {
                        link.broken(commands); // to look whether another is in charge by now
                    }
                },
                calls.patience().toNanos(),
                TimeUnit.NANOSECONDS);
    }

    private CompletionStage<List<Object>> probe(RedisClusterAsyncCommands<String, String> commands, boolean whole) {
        long sent = pulse.now();
        return PULSE.start(commands, whole, probed, new String[0]).whenComplete((answer, failure) -> {
            if (failure == null) {
                pulse.answered(sent);
            } else if (failure instanceof RedisNoScriptException && !whole) {
                var unused = probe(commands, true);
            } else if (Misrouted.is(failure)) {
                link.broken(commands);
            }
        });
    }
}
