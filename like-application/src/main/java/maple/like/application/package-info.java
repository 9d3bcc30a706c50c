/** What all rings of the application share: how many partitions there are, and how an outage is said. */
@NullMarked
package maple.like.application;

import org.jspecify.annotations.NullMarked;
