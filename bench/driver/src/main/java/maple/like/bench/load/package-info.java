/** Requests: what is sent, how fast, and how long the answers take. */
@NullMarked
package maple.like.bench.load;

import org.jspecify.annotations.NullMarked;
