package maple.like.application.port.in;

import java.util.Collection;
import java.util.List;
import java.util.Map;
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

    /**
     * The exact statuses of an account and many characters, each of one moment, read together. Unknown names are not looked
     * up externally.
     *
     * @throws LikesUnavailableException if one of them cannot be given exactly now
     */
    Batch<LikeStatus> statuses(AccountId account, Collection<CharacterName> names);

    /**
     * The totals of many characters, each as of {@link #count}, read together.
     *
     * @throws LikesUnavailableException if one of them cannot be given now
     */
    Batch<LikeCount> counts(Collection<CharacterName> names);

    /**
     * What was read of many names, each once, in the order in which they were asked for.
     *
     * @param found by the name that was asked for, which may be an alias
     * @param unknown names that no known character has
     */
    record Batch<T>(Map<CharacterName, T> found, List<CharacterName> unknown) {}
}
