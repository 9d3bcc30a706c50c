package maple.like.application.port.out;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import maple.like.application.LikesUnavailableException;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;

/**
 * Resolves names to characters.
 *
 * <ul>
 *   <li>Neither an outage nor a limit is ever answered with "no such character".
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface CharacterResolver {
    /**
     * Resolves a name among the characters of the database.
     *
     * @return empty where there is none of that name
     * @throws LikesUnavailableException if that cannot be answered now
     */
    Optional<GameCharacter> find(CharacterName name);

    /** As {@link #find(CharacterName)}, of many names. Returns those that were found. */
    default Map<CharacterName, GameCharacter> find(Collection<CharacterName> names) {
        Map<CharacterName, GameCharacter> found = new HashMap<>();
        names.forEach(name -> find(name).ifPresent(character -> found.put(name, character)));
        return found;
    }

    /**
     * As {@link #find(CharacterName)}, and looks an unknown name up externally, which is limited for each account.
     *
     * @param caller the account charged for the lookup
     */
    Optional<GameCharacter> resolve(CharacterName name, AccountId caller);
}
