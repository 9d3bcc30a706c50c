package maple.like.adapter.jpa;

import java.util.List;
import maple.like.application.port.out.CharacterRegistry;
import maple.like.domain.GameCharacter;
import org.hibernate.exception.ConstraintViolationException;

/** Adds characters; the unique constraints decide between two instances that add the same. */
record JpaCharacterRegistry(Store store) implements CharacterRegistry {
    @Override
    public void register(GameCharacter character) {
        if (isRegistered(character)) {
            return;
        }
        String what = "register the character " + character.name();
        try {
            store.inTransaction(
                    what, session -> Store.attempt(what, () -> session.insert(new GameCharacterEntity(character))));
        } catch (ConstraintViolationException overtaken) {
            if (!isRegistered(character)) {
                throw overtaken;
            }
        }
    }

    private boolean isRegistered(GameCharacter character) {
        List<GameCharacterEntity> found = store.read(
                "look up the character " + character.name(),
                session -> session.createSelectionQuery(
                                "from GameCharacterEntity where userIgn = :name or ocid = :ocid",
                                GameCharacterEntity.class)
                        .setParameter("name", character.name().value())
                        .setParameter("ocid", character.ocid().value())
                        .getResultList());
        for (GameCharacterEntity other : found) {
            if (!other.toDomain().equals(character)) {
                throw new IllegalArgumentException(
                        "The name or the OCID of " + character + " already belongs to " + other.toDomain());
            }
        }
        return !found.isEmpty();
    }
}
