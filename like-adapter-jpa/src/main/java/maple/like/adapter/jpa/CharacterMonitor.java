package maple.like.adapter.jpa;

import java.time.Duration;
import maple.like.domain.Ocid;

/**
 * Learns what others did to the tables: what the service finds in rows that they inserted or changed, and which rights
 * they revoked or tables they dropped. Safe for use by any number of threads.
 */
public interface CharacterMonitor {
    /** Learns of nothing. */
    CharacterMonitor NONE = new CharacterMonitor() {};

    /**
     * The service skips a row that it cannot use. May be called again for the same row.
     *
     * @param row names the row
     * @param reason why
     */
    default void skipped(String row, String reason) {}

    /**
     * The service meets a character whose name likes of another are counted under, as is the case when the OCID of a
     * character changed.
     *
     * @param name what the character is called
     * @param ocid the character's OCID, which its likes are counted under
     * @param countedFor the OCID of the other character
     */
    default void nameTaken(String name, Ocid ocid, String countedFor) {}

    /**
     * The database begins to refuse calls, because a right or a table is missing, or does so for another reason than before.
     *
     * @param reason what the database said
     */
    default void refused(String reason) {}

    /** The database has refused no call for half a minute. */
    default void allowed(Duration refusedFor) {}
}
