package maple.like.adapter.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a node replies that carries out no change now, whatever was sent: it is not, not yet or no longer the primary of a
 * slot, must not write, or does not know this connection. It has changed nothing, and another node may be the primary by now.
 */
final class Refusal {
    static final Set<String> CODES = Set.of(
            // another node, or this one later
            "MOVED",
            "ASK",
            "TRYAGAIN",
            "CLUSTERDOWN",
            "READONLY",
            "LOADING",
            "MASTERDOWN",
            // a primary that must not write, or is busy with a script
            "NOREPLICAS",
            "MISCONF",
            "BUSY",
            // a connection that has not authenticated
            "NOAUTH");

    private static final Set<String> PRIMARY = Set.of("NOREPLICAS", "MISCONF");

    /** Redis 6 puts the refusal of a script's command at the end. */
    private static final Pattern CODE = Pattern.compile("^(?:ERR Error running script .*?: )?-?([A-Z]+)\\b");

    private Refusal() {}

    static boolean isOfTheNode(@Nullable Throwable failure) {
        return CODES.contains(codeOf(failure));
    }

    /** A primary that must not write still knows what is pending, unlike a replica, which may be behind. */
    static boolean isOfAPrimary(@Nullable Throwable failure) {
        return PRIMARY.contains(codeOf(failure));
    }

    /** Empty where the node replied no error, or one without a code. */
    private static String codeOf(@Nullable Throwable failure) {
        Matcher code = CODE.matcher(
                failure instanceof RedisCommandExecutionException ? String.valueOf(failure.getMessage()) : "");
        return code.find() ? code.group(1) : "";
    }
}
