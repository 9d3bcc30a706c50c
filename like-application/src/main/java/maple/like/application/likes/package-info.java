/**
 * Everything that stands between the use cases and a primary store: the L1, failover, and memory in place of Redis or
 * before it. {@code LikeTopology} composes them; nothing else decides the order.
 */
@NullMarked
package maple.like.application.likes;

import org.jspecify.annotations.NullMarked;
