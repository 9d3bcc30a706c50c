package maple.like.adapter.jpa.adoption;

import static maple.like.adapter.jpa.adoption.Finding.adopted;
import static maple.like.adapter.jpa.adoption.Finding.optional;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import maple.like.domain.CharacterName;
import maple.like.domain.Ocid;

/** Compares the rows of the shared tables with what the service takes them for. */
record RowInspection(Connection connection, SharedTables tables) {
    private static final int PAGE = 1_000;
    private static final int EXAMPLES = 5;

    /** Counts, made to equal the rows. */
    static final Sql COUNT_ROWS = Sql.of("""
            update game_character set like_count =
                   (select count(*) from character_like l where l.target_ocid = game_character.ocid)
             where like_count <> (select count(*) from character_like l where l.target_ocid = game_character.ocid)
            """);

    private static final String DANGLING = "not exists (select 1 from game_character c where c.ocid = l.target_ocid)";

    List<Finding> inspect() throws SQLException {
        List<Finding> findings = new ArrayList<>();
        inspectNames(findings);
        inspectSimilarNames(findings);
        long dangling = Sql.of("select count(*) from character_like l where " + DANGLING)
                .number(connection);
        if (dangling > 0) {
            findings.add(optional(
                    "character_like",
                    dangling + " rows of characters that do not exist",
                    "stay, and count once their character exists; or delete them",
                    Sql.of("delete from character_like where target_ocid not in (select ocid from game_character)")));
        }
        long wrong = Sql.of("select count(*) from game_character c where c.like_count is null or c.like_count <>"
                        + " (select count(*) from character_like l where l.target_ocid = c.ocid)")
                .number(connection);
        if (wrong > 0) {
            findings.add(adopted(
                    "game_character.like_count", wrong + " differ from the rows", "equal the rows", COUNT_ROWS));
        }
        return findings;
    }

    private void inspectNames(List<Finding> findings) throws SQLException {
        long after = Long.MIN_VALUE;
        List<String[]> page;
        do {
            page = Sql.of("select id, user_ign, ocid from game_character where id > ? order by id limit " + PAGE, after)
                    .read(connection);
            for (String[] row : page) {
                inspect(findings, row[0], row[1], row[2]);
                after = Long.parseLong(row[0]);
            }
        } while (page.size() == PAGE);
    }

    private void inspect(List<Finding> findings, String id, String name, String ocid) throws SQLException {
        Sql row = Sql.of("delete from game_character where id = ?", Long.parseLong(id));
        if (ocid != null && normalised(() -> new Ocid(ocid).value()).isEmpty()) {
            findings.add(optional(
                    "game_character " + id, "'" + ocid + "' is no OCID", "is not served; correct or delete it", row));
        }
        if (name == null) {
            return;
        }
        Optional<String> normal = normalised(() -> new CharacterName(name).value());
        if (normal.isEmpty()) {
            findings.add(optional(
                    "game_character " + id, "'" + name + "' is no name", "is not served; correct or delete it", row));
        } else if (!normal.get().equals(name)) {
            findings.add(renamed(id, name, normal.get()));
        }
    }

    private Finding renamed(String id, String name, String normal) throws SQLException {
        String where = "game_character " + id;
        String found = "'" + name + "' is not in Unicode form C, or has blanks around it";
        // Under the collation of the old table the name may equal itself.
        boolean taken = Sql.of(
                        "select user_ign from game_character where user_ign = ? and id <> ?",
                        normal,
                        Long.parseLong(id))
                .read(connection)
                .stream()
                .anyMatch(other -> other[0].equals(normal));
        Sql rename = Sql.of("update game_character set user_ign = ? where id = ?", normal, Long.parseLong(id));
        return taken
                ? optional(
                        where,
                        found + ", and another character has the name so written",
                        "is not served; rename or delete it")
                : adopted(where, found, "is written '" + normal + "'", rename);
    }

    private static Optional<String> normalised(Supplier<String> value) {
        try {
            return Optional.of(value.get());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void inspectSimilarNames(List<Finding> findings) throws SQLException {
        List<String[]> similar = tables.similarNames().read(connection);
        if (!similar.isEmpty()) {
            findings.add(optional(
                    "game_character.user_ign",
                    similar.size() + " names differ from another by letter case, accents or Unicode form alone: "
                            + String.join(
                                    ", ",
                                    similar.stream()
                                            .limit(EXAMPLES)
                                            .map(row -> row[0])
                                            .toList()),
                    "are names of their own, as in the game"));
        }
    }
}
