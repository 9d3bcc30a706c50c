/** Load: the requests, their rate, and their latency. */
@NullMarked
package maple.like.bench.load;

import org.jspecify.annotations.NullMarked;
