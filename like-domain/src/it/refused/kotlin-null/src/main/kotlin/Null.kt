import maple.like.domain.LikePartitions
import maple.like.domain.Ocid
import maple.like.domain.PublishedLikeEvent

val keys = LikePartitions(4).keys(null)
val ocid = Ocid(null)
val events = PublishedLikeEvent.ofMessage(null) // says that it takes null, and rejects it with a reason
