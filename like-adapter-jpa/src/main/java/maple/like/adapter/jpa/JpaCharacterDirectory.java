package maple.like.adapter.jpa;

import static java.util.stream.Collectors.toSet;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    /** Names that one statement looks up. */
    private static final int PAGE = 100;

    private static final String CHARACTER = """
            select %s, c.ocid, c.userIgn, n.countedAs
              from GameCharacterEntity c
              left join LikeCharacterEntity n on n.ocid = c.ocid
            """;

    private static final String NAMED = CHARACTER.formatted("c.userIgn") + " where c.userIgn in :of";
    private static final String WITH_ALIAS = CHARACTER.formatted("a.userIgn")
            + " join GameCharacterAliasEntity a on a.ocid = c.ocid where a.userIgn in :of";
    private static final String WITH_OCID = CHARACTER.formatted("c.ocid") + " where c.ocid in :of";

    @Override
    public Map<CharacterName, GameCharacter> find(Collection<CharacterName> names) {
        Map<CharacterName, GameCharacter> found = new HashMap<>();
        List<CharacterName> all = List.copyOf(names);
        for (int from = 0; from < all.size(); from += PAGE) {
            List<CharacterName> page = all.subList(from, Math.min(from + PAGE, all.size()));
            found.putAll(find(NAMED, page));
            List<CharacterName> others =
                    page.stream().filter(name -> !found.containsKey(name)).toList();
            if (!others.isEmpty()) {
                found.putAll(find(WITH_ALIAS, others));
            }
        }
        return found;
    }

    /** Chooses for each character the first of some names that leads to it; those that none leads to are left out. */
    Map<Ocid, CharacterName> leading(Map<Ocid, List<CharacterName>> names) {
        Map<CharacterName, GameCharacter> found =
                find(names.values().stream().flatMap(List::stream).collect(toSet()));
        Map<Ocid, CharacterName> leading = new HashMap<>();
        names.forEach((ocid, choice) -> choice.stream()
                .filter(name -> Optional.ofNullable(found.get(name))
                        .filter(character -> character.ocid().equals(ocid))
                        .isPresent())
                .findFirst()
                .ifPresent(name -> leading.put(ocid, name)));
        return leading;
    }

    /** Finds the character of an OCID. */
    Optional<GameCharacter> find(Ocid ocid) {
        return characters(read(WITH_OCID, ocid, List.of(ocid.value())).values()).values().stream()
                .findFirst();
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

    /** The first one prevails. */
    private static Set<String> spellings(CharacterName name) {
        Set<String> spellings = new LinkedHashSet<>(List.of(name.value()));
        spellings.add(Normalizer.normalize(name.value(), Normalizer.Form.NFD));
        return spellings;
    }

    private Map<CharacterName, GameCharacter> find(String query, List<CharacterName> names) {
        Map<String, Row> rows = read(
                query,
                names.size() == 1 ? names.get(0) : names.size() + " names",
                names.stream().flatMap(name -> spellings(name).stream()).toList());
        Map<CharacterName, Row> named = new HashMap<>();
        for (CharacterName name : names) {
            spellings(name).stream()
                    .filter(rows::containsKey)
                    .findFirst()
                    .ifPresent(spelling -> named.put(name, rows.get(spelling)));
        }
        Map<Ocid, GameCharacter> characters = characters(named.values());
        Map<CharacterName, GameCharacter> found = new HashMap<>();
        named.forEach((name, row) -> {
            GameCharacter character = characters.get(row.ocid());
            if (character != null) {
                found.put(name, character);
            }
        });
        return found;
    }

    /** A row with a valid OCID; the name that its likes are counted under is null if the service meets it for the first time. */
    record Row(Ocid ocid, @Nullable String countedAs) {}

    private Map<String, Row> read(String query, Object what, Collection<String> of) {
        List<@Nullable Object[]> rows = transactions.read(
                "look up the character " + what,
                session -> session.createSelectionQuery(query, Object[].class)
                        .setParameterList("of", of)
                        .getResultList());
        Map<String, Row> read = new HashMap<>();
        for (@Nullable Object[] row : rows) {
            admission
                    .ocidIn(String.valueOf(row[1]), String.valueOf(row[2]))
                    .ifPresent(ocid -> read.put(String.valueOf(row[0]), new Row(ocid, (String) row[3])));
        }
        return read;
    }

    Map<Ocid, GameCharacter> characters(Collection<Row> rows) {
        Map<Ocid, GameCharacter> characters = new HashMap<>();
        List<Ocid> met = new ArrayList<>();
        for (Row row : rows) {
            if (row.countedAs() == null) {
                met.add(row.ocid());
            } else {
                characters.put(row.ocid(), new GameCharacter(row.ocid(), new CharacterName(row.countedAs())));
            }
        }
        if (!met.isEmpty()) {
            admit(met).forEach((ocid, admitted) -> characters.put(ocid, admitted.character()));
        }
        return characters;
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
