package maple.like.adapter.redis;

import io.lettuce.core.RedisURI;
import java.util.concurrent.CompletionStage;

/** Where a connection is to lead; asked again for each connection. Safe for use by any number of threads. */
@FunctionalInterface
interface Endpoint {
    /** Does not wait. */
    CompletionStage<RedisURI> find();
}
