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
     * The exact status of an account and a character. An unknown name may be looked up externally.
     *
     * @return empty where there is no character of that name
     * @throws LikesUnavailableException if no exact answer can be given now
     */
    Optional<LikeStatus> status(AccountId account, CharacterName name);

    /**
     * The total of a character: exact but for changes on other instances whose event is still on its way. An unknown name
     * is not looked up externally, so the call is public.
     *
     * @return empty where no character of that name is known
     * @throws LikesUnavailableException if no answer can be given now
     */
    Optional<LikeCount> count(CharacterName name);
}
