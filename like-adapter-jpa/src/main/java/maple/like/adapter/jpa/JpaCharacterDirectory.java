package maple.like.adapter.jpa;

import java.util.Optional;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;

/** Finds characters by their exact name. */
record JpaCharacterDirectory(Store store) implements CharacterDirectory {
    @Override
    public Optional<GameCharacter> find(CharacterName name) {
        return store.read(
                        "look up the character " + name,
                        session -> session.createSelectionQuery(
                                        "from GameCharacterEntity where userIgn = :name", GameCharacterEntity.class)
                                .setParameter("name", name.value())
                                .uniqueResultOptional())
                .map(GameCharacterEntity::toDomain);
    }
}
