package maple.like.adapter.jpa;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import maple.like.application.PartitionState;
import maple.like.application.port.out.LikeLedger.PartitionRow;
import org.jspecify.annotations.Nullable;

/** How far a partition has been stored. One caller at a time works under the lock of its row. */
@Entity
@Table(name = "like_partition")
class LikePartitionEntity {
    @Id
    int id;

    @Column(name = "generation", nullable = false)
    long generation;

    @Column(name = "token", nullable = false)
    long token;

    @Enumerated(EnumType.STRING)
    @Column(name = "state", nullable = false)
    PartitionState state;

    @Column(name = "epoch", nullable = false)
    long epoch;

    @Column(name = "recovers_from")
    @Nullable
    Long recoversFrom;

    @SuppressWarnings("NullAway.Init")
    LikePartitionEntity() {}

    /** A new partition. */
    LikePartitionEntity(int id, long generation) {
        this.id = id;
        this.generation = generation;
        this.state = PartitionState.ACTIVE;
    }

    PartitionRow toRow() {
        return new PartitionRow(generation, token, state, epoch, recoversFrom);
    }

    void set(PartitionRow row) {
        generation = row.generation();
        token = row.token();
        state = row.state();
        epoch = row.epoch();
        recoversFrom = row.recoversFrom();
    }

    static IllegalStateException missing(int id) {
        return new IllegalStateException("Partition " + id + " has no row; JpaLikes.ensurePartitions() adds it");
    }
}
