package maple.like.application.port.out;

import java.time.Instant;
import java.util.List;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.port.out.LikeToggle.Relation;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import org.jspecify.annotations.Nullable;

/**
 * Reads lists of the database's likes, newest first, page by page.
 *
 * <ul>
 *   <li>A page continues after the number of an entry, whether or not that entry still exists. Entries that come or go
 *       between two pages move no other entry from one page to another.
 *   <li>A page is shorter than its limit only where it is the last one, whatever else other writers inserted.
 *   <li>A page includes every transaction of {@link LikeLedger} that committed before the call.
 * </ul>
 *
 * Safe for use by any number of threads.
 */
public interface LikeLists {
    /** Before the newest entry. */
    long START = Long.MAX_VALUE;

    /**
     * Reads who likes a character.
     *
     * @param after the number of the last entry of the page before, or {@link #START}
     * @param limit the most entries to return, 1 or more
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    List<Entry> likersOf(GameCharacter character, long after, int limit);

    /** Reads what an account likes, as {@link #likersOf}; likes of characters that do not exist are left out. */
    List<Entry> likesOf(AccountId account, long after, int limit);

    /**
     * A like.
     *
     * @param number falls from entry to entry
     * @param relation who likes whom
     * @param likedAt when the database stored it
     * @param name leads to the character: the name that its likes are counted under, or, where another writer renamed it, the
     *     one that it has now; null where no name leads to it
     */
    record Entry(
            long number,
            Relation relation,
            Instant likedAt,
            @Nullable CharacterName name) {}
}
