package maple.like.application;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maple.like.domain.RelationKey;

/**
 * What relations are to become. A relation is in one of the sets at most.
 *
 * @param likes relations to be liked
 * @param unlikes relations to be not liked
 */
public record RelationChanges(Set<RelationKey> likes, Set<RelationKey> unlikes) {
    /** No changes. */
    public static final RelationChanges NONE = new RelationChanges(Set.of(), Set.of());

    /** Copies the sets. */
    public RelationChanges {
        likes = Set.copyOf(likes);
        unlikes = Set.copyOf(unlikes);
    }

    /** Changes given as one map from relation to whether it is to be liked. */
    public static RelationChanges of(Map<RelationKey, Boolean> states) {
        Set<RelationKey> likes = new LinkedHashSet<>();
        Set<RelationKey> unlikes = new LinkedHashSet<>();
        states.forEach((relation, liked) -> (liked ? likes : unlikes).add(relation));
        return new RelationChanges(likes, unlikes);
    }

    /** The number of relations. */
    public int size() {
        return likes.size() + unlikes.size();
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return size() == 0;
    }

    /** All relations, likes first. */
    public List<RelationKey> relations() {
        List<RelationKey> all = new ArrayList<>(size());
        all.addAll(likes);
        all.addAll(unlikes);
        return all;
    }

    /** The changes of those relations that the collection contains. */
    public RelationChanges only(Collection<RelationKey> relations) {
        Set<RelationKey> kept = new LinkedHashSet<>(likes);
        kept.retainAll(relations);
        Set<RelationKey> keptUnlikes = new LinkedHashSet<>(unlikes);
        keptUnlikes.retainAll(relations);
        return new RelationChanges(kept, keptUnlikes);
    }
}
