package maple.like.application.port.out;

import java.util.Optional;
import maple.like.application.CharacterLookupUnavailableException;
import maple.like.domain.CharacterName;
import maple.like.domain.Ocid;

/**
 * Asks the game operator for a character that the store does not know.
 *
 * <ul>
 *   <li>Empty means that the operator said there is no such character. Everything else that is not a character (an
 *       outage, a refused key, a rate limit, an answer nobody understands) is an exception.
 *   <li>A call ends within a known time, whatever the operator does.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface CharacterLookup {
    /**
     * Asks for the identity behind a name.
     *
     * @return empty where the operator says that there is no character of that name
     * @throws CharacterLookupUnavailableException if the operator does not say whether there is
     */
    Optional<Ocid> lookUp(CharacterName name);
}
