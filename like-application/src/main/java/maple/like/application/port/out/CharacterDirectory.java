package maple.like.application.port.out;

import java.util.Optional;
import maple.like.application.DatabaseUnavailableException;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;

/**
 * Finds the characters of the database by name.
 *
 * <ul>
 *   <li>An outage is never answered with "no such character".
 *   <li>A character that was registered is found, by the name that its likes are counted under and by its aliases.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface CharacterDirectory {
    /**
     * Finds a character.
     *
     * @return empty where there is none of that name
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    Optional<GameCharacter> find(CharacterName name);

    /**
     * Whether there is a character whose likes are counted under a name.
     *
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    default boolean isCounted(CharacterName name) {
        return find(name).isPresent();
    }
}
