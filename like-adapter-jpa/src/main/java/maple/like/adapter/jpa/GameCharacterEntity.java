package maple.like.adapter.jpa;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import maple.like.domain.GameCharacter;
import org.jspecify.annotations.Nullable;

/** A character and its number of likes. */
@Entity
@Table(name = "game_character")
class GameCharacterEntity {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Nullable
    Long id;

    @Column(name = "user_ign", nullable = false)
    String userIgn;

    @Column(name = "ocid", nullable = false)
    String ocid;

    @Column(name = "like_count", nullable = false)
    long likeCount;

    /** Null until the service admits the character: other writers insert rows, too. */
    @Column(name = "partition_id")
    @Nullable
    Integer partitionId;

    /** The batch that changed the count last. */
    @Column(name = "last_generation")
    @Nullable
    Long lastGeneration;

    /** What that batch changed. */
    @Column(name = "last_change")
    @Nullable
    Long lastChange;

    @SuppressWarnings("NullAway.Init")
    GameCharacterEntity() {}

    /** A character that is to be admitted. */
    GameCharacterEntity(GameCharacter character) {
        this.userIgn = character.name().value();
        this.ocid = character.ocid().value();
    }
}
