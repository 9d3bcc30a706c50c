/** Numbers in the form in which people read them. */
@NullMarked
package maple.like.bench.report;

import org.jspecify.annotations.NullMarked;
