/**
 * The client of the Nexon Open API. The application calls {@link maple.like.adapter.web.nexon.NexonCharacterLookup}
 * through {@code port.out}. Shares a module with the REST API, but no code.
 */
@NullMarked
package maple.like.adapter.web.nexon;

import org.jspecify.annotations.NullMarked;
