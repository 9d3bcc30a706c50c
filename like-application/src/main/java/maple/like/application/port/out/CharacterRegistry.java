package maple.like.application.port.out;

import maple.like.application.DatabaseUnavailableException;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;

/**
 * Adds characters to the database.
 *
 * <ul>
 *   <li>A new character has no likes.
 *   <li>Registering a character again changes nothing, also when two instances do it at once.
 *   <li>A character keeps the name that its likes are counted under. Another name that it is admitted under leads to it.
 *   <li>A name that leads to a character goes on leading to it, whichever character is admitted under it later.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface CharacterRegistry {
    /**
     * Makes sure that the database has the character.
     *
     * @throws IllegalArgumentException if its name or its OCID already belongs to another character
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    void register(GameCharacter character);

    /**
     * Makes sure that a name leads to a character: to the one that it leads to already, or else to the one of this OCID,
     * which is registered under this name if the database lacks it.
     *
     * @return the character that the name leads to, with the name that its likes are counted under
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    GameCharacter admit(Ocid ocid, CharacterName name);
}
