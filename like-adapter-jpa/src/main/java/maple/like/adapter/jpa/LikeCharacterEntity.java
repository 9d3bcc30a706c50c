package maple.like.adapter.jpa;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** The name that a character's likes are counted under, which outlives the character's row. */
@Entity
@Table(name = "like_character")
class LikeCharacterEntity {
    @Id
    @Column(name = "ocid", nullable = false)
    String ocid;

    @Column(name = "counted_as", nullable = false)
    String countedAs;

    @SuppressWarnings("NullAway.Init")
    LikeCharacterEntity() {}
}
