package com.example;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import maple.like.domain.LikeCount;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;
import maple.like.domain.PublishedLikeEvent;
import tools.jackson.databind.json.JsonMapper;

/** The newest count of each character, from the messages of all channels. */
public final class LikeCounts implements Counts {
    private final JsonMapper json = new JsonMapper();
    private final LikePartitions partitions = new LikePartitions(4);
    private final Map<Ocid, LikeCount> counts = new ConcurrentHashMap<>();

    @Override
    public List<String> channels() {
        return partitions
                .all()
                .mapToObj(partition -> partitions.keys(partition).events())
                .toList();
    }

    @Override
    public void receive(String message) {
        for (PublishedLikeEvent published : PublishedLikeEvent.ofMessage(json.readValue(message, Object.class))) {
            counts.put(published.event().character().ocid(), published.event().likeCount());
        }
    }

    @Override
    public LikeCount count(Ocid ocid) {
        return counts.getOrDefault(ocid, LikeCount.ZERO);
    }
}
