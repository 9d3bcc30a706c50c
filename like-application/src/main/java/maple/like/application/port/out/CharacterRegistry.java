package maple.like.application.port.out;

import maple.like.application.StoreUnavailableException;
import maple.like.domain.GameCharacter;

/**
 * Adds characters to the store.
 *
 * <ul>
 *   <li>A new character has no likes.
 *   <li>Registering a character again changes nothing, also when two instances do it at once.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface CharacterRegistry {
    /**
     * Makes sure that the store has the character.
     *
     * @throws IllegalArgumentException if its name or its OCID already belongs to another character
     * @throws StoreUnavailableException if the store is away
     */
    void register(GameCharacter character);
}
