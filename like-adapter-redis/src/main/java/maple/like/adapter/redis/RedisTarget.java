package maple.like.adapter.redis;

import io.lettuce.core.RedisURI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Where a connection is to lead. Asked again for each connection. Safe for use by any number of threads. */
interface RedisTarget {
    /** Never waits. */
    CompletionStage<RedisURI> find();

    /** Whether somebody else may be in charge later, while the node that was found still answers. */
    boolean moves();

    /**
     * What is known from the start.
     *
     * @param moves because Lettuce asks Sentinels where it leads
     */
    static RedisTarget of(RedisURI uri, boolean moves) {
        return new RedisTarget() {
            @Override
            public CompletionStage<RedisURI> find() {
                return CompletableFuture.completedFuture(uri);
            }

            @Override
            public boolean moves() {
                return moves;
            }
        };
    }
}
