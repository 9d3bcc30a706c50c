/** The figures of a run, and how they are shown. */
@NullMarked
package maple.like.bench.report;

import org.jspecify.annotations.NullMarked;
