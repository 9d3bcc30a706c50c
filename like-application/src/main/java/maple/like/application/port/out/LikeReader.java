package maple.like.application.port.out;

import java.util.Optional;
import maple.like.application.LikesUnavailableException;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;

/**
 * Reads relations and counts, stored or not.
 *
 * <ul>
 *   <li>An answer includes every change acknowledged before the call.
 *   <li>Reading changes no relation and no count.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface LikeReader {
    /**
     * Whether a relation is liked, and how many likes its target has, at one moment.
     *
     * @param name the name that the likes of the relation's target are counted under
     * @return empty where the store is asked and has no such character
     * @throws LikesUnavailableException if nobody can tell right now
     */
    Optional<LikeStatus> status(RelationKey relation, CharacterName name);

    /**
     * How many likes a character has.
     *
     * @return empty where the store is asked and has no such character
     * @throws LikesUnavailableException if nobody can tell right now
     */
    Optional<LikeCount> count(GameCharacter character);
}
