package maple.like.application.port.out;

import java.util.Optional;
import maple.like.application.CharacterLookupUnavailableException;
import maple.like.domain.CharacterName;
import maple.like.domain.Ocid;

/**
 * Looks up externally, at the game's operator, a character that the database does not have.
 *
 * <ul>
 *   <li>Empty means that the operator answered that there is no such character. Everything else that is not a character
 *       (an outage, a refused key, a rate limit, an unreadable answer) is an exception.
 *   <li>A call ends within a known time.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface CharacterLookup {
    /**
     * Looks up the identity behind a name.
     *
     * @return empty where there is no character of that name
     * @throws CharacterLookupUnavailableException if the operator does not answer whether there is
     */
    Optional<Ocid> lookUp(CharacterName name);
}
