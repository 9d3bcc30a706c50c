package maple.like.application.port.in;

import java.time.Instant;
import java.util.List;
import maple.like.application.LikesUnavailableException;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;

/** Reads which characters have the most likes. Safe for use by any number of threads. */
public interface ReadRanking {
    /**
     * The most liked characters, as the database had them a short time ago.
     *
     * @param limit characters to return, 1 to 100
     * @throws LikesUnavailableException if the database is unavailable for longer than that
     */
    Ranking ranking(int limit);

    /**
     * A ranking.
     *
     * @param asOf when the database had it
     * @param characters those with the most likes first, and of equal ones by name
     */
    record Ranking(Instant asOf, List<Ranked> characters) {}

    /**
     * A character in a ranking.
     *
     * @param rank 1 more than the number of characters with more likes; equal counts share it
     * @param name leads to it
     * @param likeCount its count in the database
     */
    record Ranked(int rank, CharacterName name, LikeCount likeCount) {}
}
