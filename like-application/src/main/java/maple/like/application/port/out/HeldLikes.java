package maple.like.application.port.out;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import maple.like.application.BufferUnavailableException;
import maple.like.domain.CharacterName;
import maple.like.domain.RelationKey;

/**
 * What the buffer holds, for whoever compares it with the store. Each answer but a page is of one moment; nothing is
 * changed. Safe for use by any number of threads.
 */
public interface HeldLikes {
    /** Where the first page starts. */
    String START = "";

    /**
     * Names relations that the buffer holds in whatever way: as liked, as waiting, or as claimed. Whatever is held from
     * the first page to the last is on one of them, and perhaps on several.
     *
     * @param cursor {@link #START}, then what the previous page said
     * @param limit how many relations, about
     * @throws BufferUnavailableException if the buffer is away
     */
    HeldPage page(int partition, String cursor, int limit);

    /**
     * Tells how the buffer holds some relations.
     *
     * @throws BufferUnavailableException if the buffer is away
     */
    Holding holding(int partition, Collection<RelationKey> relations);

    /**
     * Tells what the buffer knows of some characters' counts.
     *
     * @throws BufferUnavailableException if the buffer is away
     */
    Map<CharacterName, Counted> counted(int partition, Collection<CharacterName> names);

    /**
     * Everything that waits for the store, what is claimed included, and what is counted for it.
     *
     * @param limit how many changes at most
     * @return empty where more waits than that
     * @throws BufferUnavailableException if the buffer is away
     */
    Optional<Waiting> waiting(int partition, int limit);

    /**
     * Some relations that the buffer holds.
     *
     * @param relations in no order
     * @param unreadable what should be a relation and is none
     * @param next where the next page starts, or empty after the last
     */
    record HeldPage(List<RelationKey> relations, List<String> unreadable, Optional<String> next) {
        /** Copies the lists. */
        public HeldPage {
            relations = List.copyOf(relations);
            unreadable = List.copyOf(unreadable);
        }
    }

    /**
     * How relations are held.
     *
     * @param complete whether the buffer holds every relation of the store; else more are being copied
     * @param relations each relation that was asked for
     */
    record Holding(boolean complete, Map<RelationKey, Held> relations) {
        /** Copies the map. */
        public Holding {
            relations = Map.copyOf(relations);
        }
    }

    /**
     * How a relation is held.
     *
     * @param liked whether as liked
     * @param change what waits for the store
     */
    record Held(boolean liked, Change change) {}

    /** What waits for the store: the latest change, which may be claimed. */
    enum Change {
        /** Nothing. */
        NONE,
        /** A like. */
        LIKE,
        /** An unlike. */
        UNLIKE,
        /** A like and an unlike, which never happens. */
        BOTH
    }

    /**
     * What is known of a count.
     *
     * @param buffered changes that the store does not hold yet
     * @param total the total, if it is known
     */
    record Counted(long buffered, OptionalLong total) {}

    /**
     * What waits.
     *
     * @param changes for each relation that waits whether it is liked
     * @param buffered changes that are counted, for each character that has any
     */
    record Waiting(Map<RelationKey, Boolean> changes, Map<CharacterName, Long> buffered) {
        /** Copies the maps. */
        public Waiting {
            changes = Map.copyOf(changes);
            buffered = Map.copyOf(buffered);
        }
    }
}
