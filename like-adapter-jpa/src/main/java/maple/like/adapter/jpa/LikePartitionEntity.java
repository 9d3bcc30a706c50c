package maple.like.adapter.jpa;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** How far a partition has been stored. Its row lock is what one caller at a time works under. */
@Entity
@Table(name = "like_partition")
class LikePartitionEntity {
    /** The number of journal entries that are among {@link #deltas}; those in a table have greater ones. */
    static final long REFUSED = 0;

    @Id
    int id;

    @Column(name = "generation", nullable = false)
    long generation;

    @Column(name = "deltas", nullable = false)
    String deltas;

    @Column(name = "detached", nullable = false)
    boolean detached;

    @Column(name = "detachments", nullable = false)
    long detachments;

    @SuppressWarnings("NullAway.Init")
    LikePartitionEntity() {}

    /** A partition in which no batch was stored yet. */
    LikePartitionEntity(int id) {
        this.id = id;
        this.deltas = DeltaLines.NONE;
    }

    static IllegalStateException missing(int id) {
        return new IllegalStateException("Partition " + id + " has no row; JpaLikes.ensurePartitions() adds it");
    }
}
