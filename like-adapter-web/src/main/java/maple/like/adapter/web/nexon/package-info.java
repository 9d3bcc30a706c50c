/**
 * Asks the Nexon Open API for characters. {@link maple.like.adapter.web.nexon.NexonCharacterLookup} is the door. It
 * shares a module with the REST API, and no code.
 */
@NullMarked
package maple.like.adapter.web.nexon;

import org.jspecify.annotations.NullMarked;
