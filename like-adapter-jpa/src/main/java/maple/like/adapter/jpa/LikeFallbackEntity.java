package maple.like.adapter.jpa;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A journal entry: a decision that the primary store was not given yet. */
@Entity
@Table(name = "like_fallback")
class LikeFallbackEntity {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Nullable
    Long id;

    @Column(name = "partition_id", nullable = false)
    int partitionId;

    @Column(name = "target_ocid", nullable = false)
    String targetOcid;

    @Column(name = "liker_account_id", nullable = false)
    String likerAccountId;

    @Column(name = "liked", nullable = false)
    boolean liked;

    @Column(name = "change_by", nullable = false)
    long changeBy;

    @Column(name = "created_at", nullable = false)
    Instant createdAt;

    @SuppressWarnings("NullAway.Init")
    LikeFallbackEntity() {}
}
