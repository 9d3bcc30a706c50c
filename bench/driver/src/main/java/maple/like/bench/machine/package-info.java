/** Starts and stops the processes of a benchmark, and asks them what they used. */
@NullMarked
package maple.like.bench.machine;

import org.jspecify.annotations.NullMarked;
