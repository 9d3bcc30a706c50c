package maple.like.application.port.out;

import java.util.List;
import java.util.Optional;
import maple.like.application.DatabaseUnavailableException;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import org.jspecify.annotations.Nullable;

/**
 * Takes a character out of the database. Every method may be repeated, and throws {@link DatabaseUnavailableException} if
 * the database is unavailable. Safe for use by any number of threads.
 */
public interface CharacterRetirement {
    /** Finds a character by its OCID. */
    Optional<GameCharacter> find(Ocid ocid);

    /**
     * Has every name of a character lead to its successor, or nowhere. The character stays, under its OCID as its name. A
     * successor that the database lacks is added under the character's name.
     *
     * @param successor null for none
     */
    void redirect(Ocid ocid, @Nullable Ocid successor);

    /**
     * Lists accounts that a stored like of a character is of, in a fixed order.
     *
     * @param after the account after which the page starts; empty for the first page
     * @param limit accounts, 1 or more
     */
    List<AccountId> likersAfter(Ocid ocid, String after, int limit);

    /** Counts the accounts that stored likes of both characters are of. */
    long likersOfBoth(Ocid one, Ocid other);

    /**
     * Removes a character, with the name that its likes are counted under, and with rows that other writers inserted among
     * its likes, and that are none.
     *
     * @return false where it has likes; then it stays
     */
    boolean remove(Ocid ocid);
}
