/** The benchmark's command line. */
@NullMarked
package maple.like.bench;

import org.jspecify.annotations.NullMarked;
