package maple.like.adapter.redis;

import io.lettuce.core.cluster.SlotHash;
import maple.like.application.LikePartitions;
import maple.like.domain.CharacterName;

/**
 * The names of a partition's keys and of its channel. They are a wire format: other systems read them.
 *
 * <p>All of them carry the partition's hash tag, so that Redis Cluster keeps them in one slot.
 */
final class LikeKeys {
    final String relations;
    final String pending;
    final String unliked;
    final String buffer;
    final String batch;
    final String generation;
    final String complete;
    final String warmup;
    final String events;
    final String countPrefix;

    /**
     * Never exists. Every script that changes something names it, so that Redis Cluster refuses all of them alike as soon as
     * the slot begins to move to another node: it refuses what names keys that are there together with one that is not.
     */
    final String absent;

    private LikeKeys(String tag) {
        relations = tag + ":relations";
        pending = tag + ":relations:pending";
        unliked = tag + ":relations:unliked";
        buffer = tag + ":buffer";
        batch = tag + ":batch";
        generation = tag + ":generation";
        complete = tag + ":complete";
        warmup = tag + ":warmup";
        events = tag + ":events";
        countPrefix = tag + ":count:";
        absent = tag + ":absent";
    }

    static LikeKeys of(int partition, LikePartitions partitions) {
        return new LikeKeys(partitions.count() == 1 ? "{likes}" : "{likes:" + partition + "}");
    }

    /** The keys of all partitions, in order. */
    static LikeKeys[] ofAll(LikePartitions partitions) {
        return partitions.all().mapToObj(partition -> of(partition, partitions)).toArray(LikeKeys[]::new);
    }

    /** Where Redis Cluster keeps all of them. */
    int slot() {
        return SlotHash.getSlot(generation);
    }

    String count(CharacterName name) {
        return countPrefix + name.value();
    }
}
