package com.example

import java.util.concurrent.ConcurrentHashMap
import maple.like.domain.CharacterLiked
import maple.like.domain.CharacterUnliked
import maple.like.domain.LikeCount
import maple.like.domain.LikePartitions
import maple.like.domain.Ocid
import maple.like.domain.PublishedLikeEvent
import tools.jackson.databind.json.JsonMapper

/** Counts the events themselves; the totals that they carry agree. */
class KotlinCounts : Counts {
    private val json = JsonMapper()
    private val partitions = LikePartitions(4)
    private val counts = ConcurrentHashMap<Ocid, LikeCount>()

    override fun channels(): List<String> = (0 until partitions.count()).map { partitions.keys(it).events() }

    override fun receive(message: String) =
        PublishedLikeEvent.ofMessage(json.readValue(message, Any::class.java)).map { it.event() }.forEach {
            val change = when (it) {
                is CharacterLiked -> 1L
                is CharacterUnliked -> -1L
            }
            counts.merge(it.character().ocid(), LikeCount(maxOf(change, 0))) { count, _ -> count.plus(change) }
        }

    override fun count(ocid: Ocid): LikeCount = counts[ocid] ?: LikeCount.ZERO
}
