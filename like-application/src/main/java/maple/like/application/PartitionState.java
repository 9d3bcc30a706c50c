package maple.like.application;

import java.util.EnumSet;
import java.util.Set;

/**
 * What a partition is doing. Its row in the database holds the state, and only the owner of that row's lock changes it.
 * The table of transitions, drawn, is in {@code docs/design.md}.
 */
public enum PartitionState {
    /** The primary store decides and holds every relation. */
    ACTIVE,
    /** The primary store is unavailable. The database decides and keeps a journal. */
    FAILED_OVER,
    /** The primary store is back and is given the journal. The database still decides. */
    REPLAYING,
    /** The primary store is behind the database. Before it is used it is reduced to its pending changes. */
    REBUILDING,
    /** The primary store decides, and the stored relations that it lacks are being copied to it. */
    WARMING_UP;

    /** Whether the database decides, in place of the primary store. */
    public boolean databaseDecides() {
        return this == FAILED_OVER || this == REPLAYING;
    }

    /** The states that may follow this one. */
    public Set<PartitionState> successors() {
        return switch (this) {
            case ACTIVE -> EnumSet.of(FAILED_OVER, REBUILDING, WARMING_UP);
            case FAILED_OVER -> EnumSet.of(REPLAYING, REBUILDING);
            case REPLAYING -> EnumSet.of(ACTIVE, WARMING_UP, REBUILDING);
            case REBUILDING -> EnumSet.of(WARMING_UP, FAILED_OVER);
            case WARMING_UP -> EnumSet.of(ACTIVE, FAILED_OVER, REBUILDING);
        };
    }

    /**
     * Makes a transition.
     *
     * @param next a successor, or this state
     * @return the next state
     * @throws IllegalStateException if the transition is not legal
     */
    public PartitionState to(PartitionState next) {
        if (next != this && !successors().contains(next)) {
            throw new IllegalStateException("A partition that is " + this + " cannot become " + next);
        }
        return next;
    }
}
