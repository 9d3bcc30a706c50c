package maple.like.adapter.jpa;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import maple.like.domain.AccountId;

/** An account that is to be erased. The row is removed when nothing else names the account. */
@Entity
@Table(name = "like_erasure")
class LikeErasureEntity {
    @Id
    @Column(name = "liker_account_id", nullable = false)
    String likerAccountId;

    @Column(name = "claimed_until", nullable = false)
    Instant claimedUntil;

    @SuppressWarnings("NullAway.Init")
    LikeErasureEntity() {}

    LikeErasureEntity(AccountId account, Instant claimedUntil) {
        this.likerAccountId = account.value();
        this.claimedUntil = claimedUntil;
    }
}
