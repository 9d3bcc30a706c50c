package maple.like.application.port.out;

import java.util.Optional;
import maple.like.application.StoreUnavailableException;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;

/**
 * Knows the characters by name.
 *
 * <ul>
 *   <li>An outage is never answered with "no such character".
 *   <li>A character that was registered is found.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface CharacterDirectory {
    /**
     * Looks a name up.
     *
     * @return empty where there is no character of that name
     * @throws StoreUnavailableException if nobody can tell right now
     */
    Optional<GameCharacter> find(CharacterName name);
}
