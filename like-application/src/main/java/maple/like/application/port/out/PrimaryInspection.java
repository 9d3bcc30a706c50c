package maple.like.application.port.out;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.RelationChanges;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.RelationKey;

/**
 * What the primary store holds, for an audit. Each answer but a page is of one moment; nothing is changed. Every method
 * throws {@link PrimaryUnavailableException} where the primary store does not reply. Safe for use by any number of
 * threads.
 */
public interface PrimaryInspection {
    /** Where the first page starts. */
    String START = "";

    /**
     * Lists relations that the store holds in any way: liked, pending or claimed. A relation that is held from the first
     * page to the last is on one of them, and perhaps on several.
     *
     * @param cursor {@link #START}, then what the page before returned
     * @param limit relations, approximately
     */
    Page page(int partition, String cursor, int limit);

    /** How the store holds some relations. */
    Relations relations(int partition, Collection<RelationKey> relations);

    /** What the store knows of some characters' counts. */
    Map<GameCharacter, CountState> counts(int partition, Collection<GameCharacter> characters);

    /**
     * All pending changes, claimed ones included, and the buffered counts.
     *
     * @param limit changes
     * @return empty where there are more
     */
    Optional<Backlog> backlog(int partition, int limit);

    /**
     * Some relations that the store holds.
     *
     * @param relations in no order
     * @param unreadable members that are not relations
     * @param next where the next page starts, or empty after the last
     */
    record Page(List<RelationKey> relations, List<String> unreadable, Optional<String> next) {
        /** Copies the lists. */
        public Page {
            relations = List.copyOf(relations);
            unreadable = List.copyOf(unreadable);
        }
    }

    /**
     * How relations are held.
     *
     * @param complete whether the store holds every stored relation; else it is warming up
     * @param states of each relation
     */
    record Relations(boolean complete, Map<RelationKey, RelationState> states) {
        /** Copies the map. */
        public Relations {
            states = Map.copyOf(states);
        }
    }

    /**
     * How a relation is held.
     *
     * @param liked whether as liked
     * @param pending its pending change
     */
    record RelationState(boolean liked, Pending pending) {}

    /** The pending change of a relation, which may be claimed. */
    enum Pending {
        /** None. */
        NONE,
        /** A like. */
        LIKE,
        /** An unlike. */
        UNLIKE,
        /** A like and an unlike, which is a defect. */
        BOTH
    }

    /**
     * What is known of a count.
     *
     * @param buffered likes that the database does not hold yet
     * @param total the total, if it is known
     */
    record CountState(long buffered, OptionalLong total) {}

    /**
     * All pending changes.
     *
     * @param changes what the relations are to become
     * @param buffered the buffered counts other than 0
     */
    record Backlog(RelationChanges changes, Map<CharacterName, Long> buffered) {
        /** Copies the map. */
        public Backlog {
            buffered = Map.copyOf(buffered);
        }
    }
}
