/**
 * Likes in Redis, and the caches in front of them. {@code RedisAdapter} takes a connection string and hands out the ports of
 * the application; {@code like-bootstrap} wires it. Scripts lie beside the classes as {@code .lua} files.
 */
@NullMarked
package maple.like.adapter.redis;

import org.jspecify.annotations.NullMarked;
