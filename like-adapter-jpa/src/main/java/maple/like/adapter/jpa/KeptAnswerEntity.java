package maple.like.adapter.jpa;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import maple.like.application.KeptAnswer;
import maple.like.domain.AccountId;
import maple.like.domain.IdempotencyKey;
import maple.like.domain.Ocid;
import org.jspecify.annotations.Nullable;

/** What a change with an idempotency key was answered. */
@Entity
@Table(name = "like_idempotency_key")
class KeptAnswerEntity {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Nullable
    Long id;

    @Column(name = "liker_account_id", nullable = false)
    String likerAccountId;

    @Column(name = "idempotency_key", nullable = false)
    String idempotencyKey;

    @Column(name = "target_ocid", nullable = false)
    String targetOcid;

    @Column(name = "liked", nullable = false)
    boolean liked;

    @Column(name = "expires_at", nullable = false)
    Instant expiresAt;

    @SuppressWarnings("NullAway.Init")
    KeptAnswerEntity() {}

    KeptAnswer toAnswer() {
        return new KeptAnswer(
                new AccountId(likerAccountId),
                new IdempotencyKey(idempotencyKey),
                new Ocid(targetOcid),
                liked,
                expiresAt);
    }
}
