package maple.like.adapter.jpa;

import java.util.Optional;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;

/** Finds characters by the exact name that their likes are counted under, else by an alias. */
record JpaCharacterDirectory(Transactions transactions) implements CharacterDirectory {
    @Override
    public Optional<GameCharacter> find(CharacterName name) {
        return find(name, "from GameCharacterEntity where userIgn = :name").or(() -> find(name, """
                        from GameCharacterEntity c
                        where c.ocid = (select a.ocid from GameCharacterAliasEntity a where a.userIgn = :name)
                        """));
    }

    private Optional<GameCharacter> find(CharacterName name, String query) {
        return transactions
                .read(
                        "look up the character " + name,
                        session -> session.createSelectionQuery(query, GameCharacterEntity.class)
                                .setParameter("name", name.value())
                                .uniqueResultOptional())
                .map(GameCharacterEntity::toDomain);
    }
}
