package maple.like.adapter.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a node replies that is not, not yet or no longer the primary of a slot. It has changed nothing. */
final class Redirect {
    private static final Set<String> CODES =
            Set.of("MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN", "READONLY", "LOADING", "MASTERDOWN");

    private Redirect() {}

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
