package maple.like.application.port.out;

import java.time.Instant;
import java.util.List;
import maple.like.application.DatabaseUnavailableException;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;

/** Reads which characters of the database have the most likes. Safe for use by any number of threads. */
public interface CharacterRanking {
    /** As many characters as a ranking has at most. */
    int LIMIT = 100;

    /**
     * Reads the ranking.
     *
     * @throws DatabaseUnavailableException if the database is unavailable
     */
    Ranking read();

    /**
     * A ranking of one moment.
     *
     * @param asOf the moment, or one before it
     * @param characters those with the most likes first, and of equal ones by name; {@value #LIMIT} at most
     */
    record Ranking(Instant asOf, List<Counted> characters) {}

    /**
     * A character and its count.
     *
     * @param name leads to it; characters that no name leads to are left out
     * @param likeCount the number of its rows
     */
    record Counted(CharacterName name, LikeCount likeCount) {}
}
