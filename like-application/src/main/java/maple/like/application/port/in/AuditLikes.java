package maple.like.application.port.in;

import java.util.List;
import maple.like.application.LikesUnavailableException;

/**
 * Compares what the store and the buffer hold, while both are used, and repairs what differs.
 *
 * <p>Any number of instances may go on changing and storing likes meanwhile. Relations are compared page by page, each
 * page under the partition's lock, which others get in between.
 */
public interface AuditLikes {
    /**
     * Compares one partition. Changes no relation and no count; a batch that is stored is finished, as by any flush.
     *
     * @param partition 0 to the number of partitions less one
     * @throws LikesUnavailableException if the buffer or the store is away
     */
    Report audit(int partition);

    /**
     * Sets every count of the partition that is wrong to the number of its rows, and has the buffer rebuilt: it keeps the
     * changes that wait in it, and all else is copied from the store again. Rows are left as they are. May be repeated,
     * and killed at any instruction.
     *
     * @param partition 0 to the number of partitions less one
     * @return false where nothing was done, because the buffer has yet to be told what the store decided without it
     * @throws LikesUnavailableException if the buffer or the store is away
     */
    boolean repair(int partition);

    /**
     * What a comparison found.
     *
     * @param extent how much was looked at
     * @param differences what differs, the first of them
     * @param unlisted how many differences there are besides
     * @param remarks what was found or left out that is no difference
     * @param complete whether the buffer could be compared: not where it has yet to be told what the store decided
     */
    record Report(Extent extent, List<Difference> differences, long unlisted, Remarks remarks, boolean complete) {
        /** Copies the list. */
        public Report {
            differences = List.copyOf(differences);
        }
    }

    /**
     * How much was looked at.
     *
     * @param characters with their count and their total
     * @param rows relations in the store
     * @param held relations in the buffer
     */
    record Extent(long characters, long rows, long held) {}

    /**
     * What is no difference.
     *
     * @param beingCopied rows that the buffer does not hold yet, because it is being filled again
     * @param withoutCharacter relations that the buffer holds of characters that do not exist; some may count twice
     * @param setAside relations of the store that could not be stored
     * @param tooMuchWaits whether {@link Kind#BUFFER} was left out, because too many changes wait
     */
    record Remarks(long beingCopied, long withoutCharacter, long setAside, boolean tooMuchWaits) {}

    /**
     * Something that differs.
     *
     * @param kind what is compared
     * @param what which of them
     * @param expected what it should be
     * @param found what it is
     */
    record Difference(Kind kind, String what, String expected, String found) {}

    /** What is compared. */
    enum Kind {
        /** The count in the store, with the number of rows. */
        COUNT,
        /** The total in the buffer, with the number of rows and the changes that the buffer has counted. */
        TOTAL,
        /** Whether the buffer holds a relation as liked, with its row and with what waits in the buffer. */
        RELATION,
        /** The changes that the buffer has counted, with what storing all that waits would change. */
        BUFFER
    }
}
