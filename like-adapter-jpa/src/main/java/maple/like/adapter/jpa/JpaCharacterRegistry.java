package maple.like.adapter.jpa;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import maple.like.application.port.out.CharacterRegistry;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;

/** Adds characters and aliases; the unique constraints decide between two instances that add the same. */
record JpaCharacterRegistry(Transactions transactions, LikePartitions partitions) implements CharacterRegistry {
    /** An instance that loses the race finds what the winner wrote, unless that is deleted at once. */
    private static final int ATTEMPTS = 4;

    @Override
    public void register(GameCharacter character) {
        if (isRegistered(character)) {
            return;
        }
        try {
            insert(character);
        } catch (ConstraintViolationException lostRace) {
            if (!isRegistered(character)) {
                throw lostRace;
            }
        }
    }

    @Override
    public GameCharacter admit(Ocid ocid, CharacterName name) {
        for (int attempt = 1; ; attempt++) {
            Optional<GameCharacter> named = byName(name);
            if (named.isPresent()) {
                return named.get();
            }
            try {
                return admitUnderNewName(ocid, name);
            } catch (ConstraintViolationException lostRace) {
                if (attempt == ATTEMPTS) {
                    throw lostRace;
                }
                dropDeadEnd(name);
            }
        }
    }

    private GameCharacter admitUnderNewName(Ocid ocid, CharacterName name) {
        Optional<GameCharacter> known = byOcid(ocid);
        if (known.isEmpty()) {
            GameCharacter character = new GameCharacter(ocid, name);
            insert(character);
            return character;
        }
        transactions.write(
                "register the name " + name, session -> session.insert(new GameCharacterAliasEntity(name, ocid)));
        // Another instance may have added a character of that name meanwhile, which comes first.
        return byName(name).orElse(known.get());
    }

    private void insert(GameCharacter character) {
        transactions.write(
                "register the character " + character.name(),
                session -> session.insert(new GameCharacterEntity(character, partitions.of(character.ocid()))));
    }

    /** An alias of a deleted character leads nowhere, and must not keep another from its name. */
    private void dropDeadEnd(CharacterName name) {
        transactions.write(
                "remove the name " + name,
                session -> session.createMutationQuery("""
                                delete from GameCharacterAliasEntity a where a.userIgn = :name
                                and not exists (select 1 from GameCharacterEntity c where c.ocid = a.ocid)
                                """)
                        .setParameter("name", name.value())
                        .executeUpdate());
    }

    private boolean isRegistered(GameCharacter character) {
        List<GameCharacter> found = find(
                character.name(),
                session -> session.createSelectionQuery(
                                "from GameCharacterEntity where userIgn = :name or ocid = :ocid",
                                GameCharacterEntity.class)
                        .setParameter("name", character.name().value())
                        .setParameter("ocid", character.ocid().value())
                        .getResultList());
        found.forEach(other -> requireSame(character, other));
        if (found.isEmpty()) {
            byName(character.name()).ifPresent(other -> requireSame(character, other));
        }
        return !found.isEmpty();
    }

    private static void requireSame(GameCharacter character, GameCharacter other) {
        if (!other.equals(character)) {
            throw new IllegalArgumentException("The name or the OCID of " + character + " already belongs to " + other);
        }
    }

    private Optional<GameCharacter> byName(CharacterName name) {
        return new JpaCharacterDirectory(transactions).find(name);
    }

    private Optional<GameCharacter> byOcid(Ocid ocid) {
        return find(
                        ocid,
                        session -> session.createSelectionQuery(
                                        "from GameCharacterEntity where ocid = :ocid", GameCharacterEntity.class)
                                .setParameter("ocid", ocid.value())
                                .getResultList())
                .stream()
                .findFirst();
    }

    private List<GameCharacter> find(Object what, Function<StatelessSession, List<GameCharacterEntity>> query) {
        return transactions.read("look up the character " + what, query).stream()
                .map(GameCharacterEntity::toDomain)
                .toList();
    }
}
