package maple.like.application.port.out;

import java.util.Optional;
import maple.like.application.LikesUnavailableException;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;

/**
 * Finds characters for callers who said who they are. It may go to some expense for a name that is not known here, and
 * may limit how much of it an account causes.
 *
 * <ul>
 *   <li>Neither an outage nor a limit is ever answered with "no such character".
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface CallerDirectory {
    /**
     * Looks a name up.
     *
     * @param caller who is to blame for the expense
     * @return empty where there is no character of that name
     * @throws LikesUnavailableException if nobody can tell right now
     */
    Optional<GameCharacter> find(CharacterName name, AccountId caller);
}
