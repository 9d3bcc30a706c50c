package maple.like.application.port.out;

import java.util.Collection;
import java.util.List;
import java.util.Map;
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
     * Finds characters, together.
     *
     * @return those that were found, by the name that was given
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    Map<CharacterName, GameCharacter> find(Collection<CharacterName> names);

    /** As {@link #find(Collection)}, of one name. */
    default Optional<GameCharacter> find(CharacterName name) {
        return Optional.ofNullable(find(List.of(name)).get(name));
    }

    /**
     * Whether there is a character whose likes are counted under a name.
     *
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    default boolean isCounted(CharacterName name) {
        return find(name).isPresent();
    }
}
