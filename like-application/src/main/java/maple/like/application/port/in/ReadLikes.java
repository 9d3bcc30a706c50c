package maple.like.application.port.in;

import java.util.Optional;
import maple.like.application.LikesUnavailableException;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeStatus;

/** Reads likes. Safe for use by any number of threads. */
public interface ReadLikes {
    /**
     * How things stand between an account and a character, exactly. A name that is not known here may be looked up.
     *
     * @return empty where there is no character of that name
     * @throws LikesUnavailableException if nobody can tell right now
     */
    Optional<LikeStatus> status(AccountId account, CharacterName name);

    /**
     * How many accounts like a character: exact but for changes on other instances whose event is still on its way.
     * Nothing is looked up for it, so anybody may call it.
     *
     * @return empty where no character of that name is known here
     * @throws LikesUnavailableException if nobody can tell right now
     */
    Optional<LikeCount> count(CharacterName name);
}
