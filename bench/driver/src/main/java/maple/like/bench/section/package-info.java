/** What is measured: one class for each part of the report. */
@NullMarked
package maple.like.bench.section;

import org.jspecify.annotations.NullMarked;
