package maple.like.adapter.jpa;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import maple.like.domain.CharacterName;
import maple.like.domain.Ocid;

/** Another name that leads to a character. */
@Entity
@Table(name = "game_character_alias")
class GameCharacterAliasEntity {
    @Id
    @Column(name = "user_ign", nullable = false)
    String userIgn;

    @Column(name = "ocid", nullable = false)
    String ocid;

    @SuppressWarnings("NullAway.Init")
    GameCharacterAliasEntity() {}

    GameCharacterAliasEntity(CharacterName name, Ocid ocid) {
        this.userIgn = name.value();
        this.ocid = ocid.value();
    }
}
