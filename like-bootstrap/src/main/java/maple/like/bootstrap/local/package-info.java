/**
 * Local mode: what runs when nothing is configured. An embedded Redis and a file-backed database, some characters, and
 * demo tokens, on the loopback interface alone. None of it exists once the application is configured.
 */
@NullMarked
package maple.like.bootstrap.local;

import org.jspecify.annotations.NullMarked;
