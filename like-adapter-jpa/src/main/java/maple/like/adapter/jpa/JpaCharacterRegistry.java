package maple.like.adapter.jpa;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.port.out.CharacterRegistry;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import org.hibernate.exception.ConstraintViolationException;

/** Adds characters and aliases; the unique constraints decide between two instances that add the same. */
record JpaCharacterRegistry(Transactions transactions, CharacterAdmission admission) implements CharacterRegistry {
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
            Optional<GameCharacter> named = directory().find(name);
            if (named.isPresent()) {
                return named.get();
            }
            try {
                return admitUnderNewName(ocid, name);
            } catch (ConstraintViolationException lostRace) {
                if (attempt == ATTEMPTS) {
                    throw new DatabaseUnavailableException(
                            "The name " + name + " is in a row of game_character that cannot be used", lostRace);
                }
                dropDeadEnd(name);
            }
        }
    }

    private GameCharacter admitUnderNewName(Ocid ocid, CharacterName name) {
        Optional<GameCharacter> known = directory().find(ocid);
        if (known.isEmpty()) {
            return insert(new GameCharacter(ocid, name));
        }
        transactions.write(
                "register the name " + name, session -> session.insert(new GameCharacterAliasEntity(name, ocid)));
        // Another instance may have added a character of that name meanwhile, which comes first.
        return directory().find(name).orElse(known.get());
    }

    private GameCharacter insert(GameCharacter character) {
        String what = "register the character " + character.name();
        return transactions.inTransaction(
                what,
                session -> transactions.attempt(what, () -> {
                    session.insert(new GameCharacterEntity(character));
                    return requireNonNull(new RowStatements(session, transactions.vendor(), admission)
                                    .lockCharacters(List.of(character.ocid()))
                                    .get(character.ocid()))
                            .character();
                }));
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
        List<Object[]> found = transactions.read(
                "look up the character " + character.name(),
                session -> session.createSelectionQuery(
                                "select ocid, userIgn from GameCharacterEntity where userIgn = :name or ocid = :ocid",
                                Object[].class)
                        .setParameter("name", character.name().value())
                        .setParameter("ocid", character.ocid().value())
                        .getResultList());
        for (Object[] other : found) {
            if (!other[0].equals(character.ocid().value())
                    || !other[1].equals(character.name().value())) {
                throw taken(character, other[1] + " (" + other[0] + ")");
            }
        }
        if (!found.isEmpty()) {
            return true;
        }
        Optional<GameCharacter> named = directory().find(character.name());
        named.filter(other -> !other.ocid().equals(character.ocid())).ifPresent(other -> {
            throw taken(character, other);
        });
        return named.isPresent();
    }

    private static IllegalArgumentException taken(GameCharacter character, Object other) {
        return new IllegalArgumentException("The name or the OCID of " + character + " already belongs to " + other);
    }

    private JpaCharacterDirectory directory() {
        return new JpaCharacterDirectory(transactions, admission);
    }
}
