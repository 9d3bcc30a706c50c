package maple.like.bootstrap.architecture;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Methods, constructors and fields that only the named callers may use. A star stands for any text. */
enum Calls {
    /** The wiring hands a clock to the rest. {@code LocalRedis} waits for a process, whose time no test can set. */
    TIME(
            """
            java.lang.System.currentTimeMillis() java.lang.System.nanoTime()
            java.time.*.now() java.time.*.now(java.time.ZoneId) java.time.InstantSource.system()
            java.time.Clock.system* java.time.Clock.tick*(java.time.ZoneId)
            java.util.Date.<init>() java.util.Calendar.getInstance(* java.util.GregorianCalendar.<init>()
            com.github.benmanes.caffeine.cache.Ticker.systemTicker() io.micrometer.core.instrument.Clock.SYSTEM
            """,
            "bootstrap.LikesWiring",
            "adapter.web.SecurityConfiguration",
            "adapter.web.WebAdapter",
            "bootstrap.local.LocalRedis"),

    /** No test may foresee the secret of local mode, and none needs to foresee the token of a transaction. */
    RANDOMNESS(
            """
            java.lang.Math.random() java.util.Random.<init>() java.util.SplittableRandom.<init>()
            java.util.UUID.randomUUID() java.util.Collections.shuffle(java.util.List)
            java.util.concurrent.ThreadLocalRandom.current()
            java.util.random.RandomGenerator*.getDefault() java.util.random.RandomGenerator*.of(*
            java.security.SecureRandom.<init>(* java.security.SecureRandom.getInstance*
            """,
            "adapter.jpa.JpaLockedPartition",
            "adapter.web.WebAdapter",
            "bootstrap.SyncWiring",
            "bootstrap.local.LocalModeEnvironmentPostProcessor"),

    /**
     * The callers wait for what sends no signal: a process that starts, and caches of other instances that expire.
     */
    SLEEP("""
            java.lang.Thread.sleep(* java.util.concurrent.TimeUnit.sleep(*
            java.util.concurrent.locks.LockSupport.park*
            """, "bootstrap.local.LocalRedis", "bootstrap.AuditWiring"),

    /** Only that the service starts: the log begins later. */
    PRINTING("java.lang.System.out java.lang.System.err *.printStackTrace(*", "bootstrap.LikeApplication"),

    /** One class knows the digests, and what to do where Redis lacks a script. */
    SCRIPTS("io.lettuce.*.eval* io.lettuce.*.CommandType.EVAL* io.lettuce.*.scriptLoad(*", "adapter.redis.LuaScript");

    private final Pattern targets;
    final Set<String> callers;

    Calls(String targets, String... callers) {
        this.targets = Pattern.compile(Arrays.stream(targets.split("\\s+"))
                .map(target -> Pattern.quote(target).replace("*", "\\E.*\\Q"))
                .collect(joining("|")));
        this.callers =
                Arrays.stream(callers).map(name -> Part.BASE + "." + name).collect(toSet());
    }

    Stream<JavaAccess<?>> from(JavaClass type) {
        return type.getAccessesFromSelf().stream()
                .filter(access ->
                        targets.matcher(access.getTarget().getFullName()).matches());
    }

    Stream<String> forbidden(JavaClass type) {
        return callers.contains(outermost(type)) ? Stream.empty() : from(type).map(JavaAccess::getDescription);
    }

    static String outermost(JavaClass type) {
        return type.getName().replaceFirst("\\$.*", "");
    }
}
