/** What is measured: one class per section of the benchmark. */
@NullMarked
package maple.like.bench.section;

import org.jspecify.annotations.NullMarked;
