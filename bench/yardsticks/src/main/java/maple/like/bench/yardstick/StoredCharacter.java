package maple.like.bench.yardstick;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A character with its stored like count. */
@Entity
@Table(name = "game_character")
class StoredCharacter {
    @Id
    long id;

    @Column(name = "user_ign", nullable = false)
    String userIgn;

    @Column(name = "ocid", nullable = false)
    String ocid;

    @Column(name = "like_count", nullable = false)
    long likeCount;

    @SuppressWarnings("NullAway.Init")
    StoredCharacter() {}
}
