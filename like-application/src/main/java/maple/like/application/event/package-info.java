/**
 * Everything about events that is the same for every transport: numbering, coalescing, skipping an instance's own events,
 * and noticing lost ones.
 */
@NullMarked
package maple.like.application.event;

import org.jspecify.annotations.NullMarked;
