/** Starts and stops the processes of a benchmark, and measures what they use. */
@NullMarked
package maple.like.bench.machine;

import org.jspecify.annotations.NullMarked;
