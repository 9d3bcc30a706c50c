package maple.like.adapter.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a node says when it is not in charge, or not yet, or no longer: it has changed nothing. */
final class Misrouted {
    private static final Set<String> CODES =
            Set.of("MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN", "READONLY", "LOADING", "MASTERDOWN");

    private Misrouted() {}

    static boolean is(@Nullable Throwable failure) {
        String message = failure instanceof RedisCommandExecutionException ? failure.getMessage() : null;
        if (message == null) {
            return false;
        }
        int begin = message.startsWith("-") ? 1 : 0;
        int end = message.indexOf(' ');
        return CODES.contains(message.substring(begin, end < 0 ? message.length() : end));
    }
}
