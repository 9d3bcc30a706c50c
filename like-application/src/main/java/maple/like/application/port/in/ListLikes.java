package maple.like.application.port.in;

import java.time.Instant;
import java.util.List;
import maple.like.application.InvalidCursorException;
import maple.like.application.LikesUnavailableException;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.Liker;
import org.jspecify.annotations.Nullable;

/**
 * Lists likes, newest first: as the last flush stored them, without those that were taken back since. Likes that come or
 * go between two pages move no other like from one page to another. Safe for use by any number of threads.
 */
public interface ListLikes {
    /**
     * Who likes a character. Unknown names are not looked up externally.
     *
     * @throws InvalidCursorException if the cursor is not of this list
     * @throws LikesUnavailableException if no exact answer can be given now
     */
    Likers likers(Viewer viewer, CharacterName name, Request page);

    /** What an account likes, as {@link #likers}. */
    Page<LikedCharacter> likes(AccountId account, Request page);

    /**
     * Who asks for a list.
     *
     * @param caller null without a token
     * @param operator whether the caller may see everything
     */
    record Viewer(@Nullable Liker caller, boolean operator) {}

    /**
     * Which page.
     *
     * @param cursor where the page before ended, or null for the first page
     * @param limit the most entries to return, 1 or more; a page may have fewer, also where it is not the last
     */
    record Request(@Nullable String cursor, int limit) {}

    /**
     * A page of a list.
     *
     * @param next the cursor of the next page; null on the last one
     */
    record Page<T>(List<T> entries, @Nullable String next) {}

    /**
     * A like of an account.
     *
     * @param name leads to the character: the name that its likes are counted under, or, where another writer renamed it, the
     *     one that it has now. A character that no name leads to is left out
     * @param likedAt when the database stored it
     */
    record LikedCharacter(CharacterName name, Instant likedAt) {}

    /**
     * A like of a character.
     *
     * @param likedAt when the database stored it
     */
    record LikedBy(AccountId account, Instant likedAt) {}

    /** The possible results of {@link #likers}. */
    sealed interface Likers {
        /** The list is shown. */
        record Shown(Page<LikedBy> page) implements Likers {}

        /** The viewer may not see it. */
        record Hidden() implements Likers {}

        /** There is no known character of that name. */
        record NoSuchCharacter() implements Likers {}
    }

    /** Who may see who likes a character. */
    enum LikersVisibility {
        /** The character's owner, and operators. */
        OWNER,
        /** Everybody, also without a token. */
        EVERYBODY
    }
}
