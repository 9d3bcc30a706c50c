package maple.like.adapter.jpa;

import maple.like.domain.Ocid;

/** Learns what the service finds in rows that other writers inserted or changed. Safe for use by any number of threads. */
public interface CharacterMonitor {
    /** Learns of nothing. */
    CharacterMonitor NONE = new CharacterMonitor() {
        @Override
        public void skipped(String row, String reason) {}

        @Override
        public void nameTaken(String name, Ocid ocid, String countedFor) {}
    };

    /**
     * The service skips a row that it cannot use. May be called again for the same row.
     *
     * @param row names the row
     * @param reason why
     */
    void skipped(String row, String reason);

    /**
     * The service meets a character whose name likes of another are counted under, as is the case when the OCID of a
     * character changed.
     *
     * @param name what the character is called
     * @param ocid the character's OCID, which its likes are counted under
     * @param countedFor the OCID of the other character
     */
    void nameTaken(String name, Ocid ocid, String countedFor);
}
