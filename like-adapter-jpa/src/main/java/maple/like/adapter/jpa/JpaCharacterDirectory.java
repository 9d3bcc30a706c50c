package maple.like.adapter.jpa;

import java.text.Normalizer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maple.like.adapter.jpa.RowStatements.LockedCharacter;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import org.hibernate.exception.ConstraintViolationException;
import org.jspecify.annotations.Nullable;

/**
 * Finds characters by the exact name in their row, else by an alias. Other writers may have stored a name in Unicode
 * normalisation form D.
 */
record JpaCharacterDirectory(Transactions transactions, CharacterAdmission admission) implements CharacterDirectory {
    /** Two that meet a character at the same time may want the same name for it. */
    private static final int ATTEMPTS = 3;

    private static final String CHARACTER = """
            select c.ocid, c.userIgn, n.countedAs
              from GameCharacterEntity c
              left join LikeCharacterEntity n on n.ocid = c.ocid
            """;

    private static final String NAMED = CHARACTER + " where c.userIgn in :of";
    private static final String WITH_ALIAS =
            CHARACTER + " where c.ocid in (select a.ocid from GameCharacterAliasEntity a where a.userIgn in :of)";
    private static final String WITH_OCID = CHARACTER + " where c.ocid in :of";

    @Override
    public Optional<GameCharacter> find(CharacterName name) {
        List<String> spellings = spellings(name);
        return find(name, NAMED, spellings).or(() -> find(name, WITH_ALIAS, spellings));
    }

    /** Finds the character of an OCID. */
    Optional<GameCharacter> find(Ocid ocid) {
        return find(ocid, WITH_OCID, List.of(ocid.value()));
    }

    @Override
    public boolean isCounted(CharacterName name) {
        return transactions.read(
                "look up the name " + name,
                session -> session.createSelectionQuery("""
                                select count(*)
                                  from GameCharacterEntity c
                                  join LikeCharacterEntity n on n.ocid = c.ocid
                                 where n.countedAs = :name
                                """, Long.class)
                                .setParameter("name", name.value())
                                .getSingleResult()
                        > 0);
    }

    /** Whether a name in a row can be found. */
    static boolean isFound(String userIgn) {
        return CharacterAdmission.nameIn(userIgn)
                .filter(name -> spellings(name).contains(userIgn))
                .isPresent();
    }

    private static List<String> spellings(CharacterName name) {
        return Stream.of(name.value(), Normalizer.normalize(name.value(), Normalizer.Form.NFD))
                .distinct()
                .toList();
    }

    /** Of two spellings of a name, the first one prevails. */
    private Optional<GameCharacter> find(Object what, String query, List<String> of) {
        List<@Nullable Object[]> rows = transactions.read(
                "look up the character " + what,
                session -> session.createSelectionQuery(query, Object[].class)
                        .setParameterList("of", of)
                        .getResultList());
        return rows.stream()
                .sorted((one, other) ->
                        Boolean.compare(of.get(0).equals(other[1]), of.get(0).equals(one[1])))
                .flatMap(row -> character(row).stream())
                .findFirst();
    }

    private Optional<GameCharacter> character(@Nullable Object[] row) {
        Optional<Ocid> ocid = admission.ocidIn(String.valueOf(row[0]), String.valueOf(row[1]));
        String countedAs = (String) row[2];
        return countedAs == null
                ? ocid.flatMap(valid ->
                                Optional.ofNullable(admit(List.of(valid)).get(valid)))
                        .map(LockedCharacter::character)
                : ocid.map(valid -> new GameCharacter(valid, new CharacterName(countedAs)));
    }

    /** Admits characters that the service meets for the first time, and sets the counts of those that return. */
    Map<Ocid, LockedCharacter> admit(Collection<Ocid> ocids) {
        String what = "admit the characters " + ocids;
        for (int attempt = 1; ; attempt++) {
            try {
                return transactions.inTransaction(
                        what,
                        session -> transactions.attempt(
                                what,
                                () -> new RowStatements(session, transactions.vendor(), admission)
                                        .lockCharacters(ocids)));
            } catch (ConstraintViolationException lostRace) {
                if (attempt == ATTEMPTS) {
                    throw new DatabaseUnavailableException("Could not " + what, lostRace);
                }
            }
        }
    }
}
