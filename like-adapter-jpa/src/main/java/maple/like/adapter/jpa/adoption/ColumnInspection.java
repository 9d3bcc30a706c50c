package maple.like.adapter.jpa.adoption;

import static maple.like.adapter.jpa.adoption.Finding.adopted;
import static maple.like.adapter.jpa.adoption.Finding.undecided;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares the columns and indexes of the shared tables with those that the service needs. */
record ColumnInspection(Connection connection, SharedTables tables) {
    static final String CHARACTER = "game_character";
    static final String LIKE = "character_like";
    private static final String COUNT = "like_count";
    private static final String TIME = "created_at";
    private static final String CHECK = "ck_like_count_not_negative";

    /** The names of texts, and how many characters each has to hold. */
    private static final Map<String, Integer> CHARACTER_TEXTS = Map.of("user_ign", 64, "ocid", 64);

    private static final Map<String, Integer> LIKE_TEXTS = Map.of("target_ocid", 64, "liker_account_id", 255);

    List<Finding> inspect() throws SQLException {
        List<Finding> findings = new ArrayList<>();
        Map<String, Column> characters = tables.readColumns(connection, CHARACTER);
        Map<String, Column> likes = tables.readColumns(connection, LIKE);
        if (characters.isEmpty()) {
            findings.add(missing(CHARACTER));
        } else {
            inspectId(findings, CHARACTER, characters);
            inspectTexts(findings, CHARACTER, characters, CHARACTER_TEXTS);
            inspectCount(findings, characters);
            inspectOthers(findings, CHARACTER, characters, Set.of("id", "user_ign", "ocid", COUNT));
            inspectUnique(findings, CHARACTER, "uk_character_ign", List.of("user_ign"));
            inspectUnique(findings, CHARACTER, "uk_character_ocid", List.of("ocid"));
        }
        if (likes.isEmpty()) {
            findings.add(missing(LIKE));
        } else {
            inspectId(findings, LIKE, likes);
            inspectTexts(findings, LIKE, likes, LIKE_TEXTS);
            inspectTime(findings, likes);
            inspectOthers(findings, LIKE, likes, Set.of("id", "target_ocid", "liker_account_id", TIME));
            inspectUnique(findings, LIKE, "uk_target_liker", List.of("target_ocid", "liker_account_id"));
        }
        return findings;
    }

    private static Finding missing(String table) {
        return undecided(table, "missing", "create it, with the statement that the command schema prints");
    }

    private void inspectId(List<Finding> findings, String table, Map<String, Column> columns) throws SQLException {
        Column id = columns.get("id");
        boolean key = tables.readUniqueIndexes(connection, table).stream()
                .anyMatch(index -> index.columns().equals(List.of("id")));
        if (id == null || !key || !id.generated()) {
            findings.add(undecided(
                    table + ".id",
                    id == null ? "missing" : key ? "the database supplies no value" : "not the primary key",
                    "make it a bigint that is the primary key and that the database supplies"));
        }
    }

    private void inspectTexts(
            List<Finding> findings, String table, Map<String, Column> columns, Map<String, Integer> texts)
            throws SQLException {
        for (var text : texts.entrySet()) {
            Column column = columns.get(text.getKey());
            String where = table + "." + text.getKey();
            if (column == null) {
                findings.add(undecided(where, "missing", "rename the column that holds it"));
                continue;
            }
            long absent = column.nullable()
                    ? Sql.of("select count(*) from " + table + " where " + column.name() + " is null")
                            .number(connection)
                    : 0;
            if (absent > 0) {
                findings.add(undecided(
                        where,
                        "null in " + absent + " rows",
                        "give them a value or delete them",
                        Sql.of("select * from " + table + " where " + column.name() + " is null")));
            } else if (column.nullable() || !tables.isText(column, text.getValue())) {
                findings.add(changedText(table, column, text.getValue()));
            }
        }
    }

    private Finding changedText(String table, Column column, int length) throws SQLException {
        String where = table + "." + column.name();
        String found = column.type()
                + (column.collation() == null ? "" : ", collation " + column.collation())
                + (column.nullable() ? ", null allowed" : "");
        List<String[]> keys = tables.foreignKeys(table, column.name()).read(connection);
        if (!keys.isEmpty()) {
            return undecided(
                    where,
                    found + ", part of a foreign key",
                    "drop the foreign key; afterwards, the other column needs the same collation to get it back",
                    keys.stream()
                            .map(key -> Sql.of("alter table " + key[0] + " drop foreign key " + key[1]))
                            .toArray(Sql[]::new));
        }
        return adopted(
                where,
                found,
                "holds " + length + " characters or more, tells letter case apart, and is not null",
                tables.toText(table, column, length));
    }

    private void inspectCount(List<Finding> findings, Map<String, Column> columns) throws SQLException {
        Column count = columns.get(COUNT);
        String where = CHARACTER + "." + COUNT;
        if (count == null) {
            findings.add(adopted(where, "missing", "is added", tables.addCount(CHARACTER, COUNT)));
        } else if (count.nullable() || !tables.isCount(count)) {
            findings.add(adopted(
                    where,
                    count.type() + (count.nullable() ? ", null allowed" : "") + ", default " + count.fallback(),
                    "is a bigint, not null, 0 by default",
                    tables.toCount(CHARACTER, COUNT)));
        }
        if (tables.check(CHECK).read(connection).isEmpty()) {
            findings.add(adopted(
                    where,
                    "may be negative",
                    "is checked",
                    Sql.of("update " + CHARACTER + " set " + COUNT + " = 0 where " + COUNT + " < 0"),
                    Sql.of("alter table " + CHARACTER + " add constraint " + CHECK + " check (" + COUNT + " >= 0)")));
        }
    }

    private void inspectTime(List<Finding> findings, Map<String, Column> columns) {
        Column time = columns.get(TIME);
        String where = LIKE + "." + TIME;
        if (time == null) {
            findings.add(adopted(where, "missing", "is added, with the present time", tables.addTime(LIKE, TIME)));
        } else if (time.nullable() || !tables.isTime(time)) {
            findings.add(adopted(
                    where,
                    time.type() + (time.nullable() ? ", null allowed" : ""),
                    "holds microseconds and is not null",
                    tables.toTime(LIKE, TIME)));
        }
    }

    /** The service inserts rows and does not know these columns. */
    private static void inspectOthers(
            List<Finding> findings, String table, Map<String, Column> columns, Set<String> known) {
        for (Column column : columns.values()) {
            if (!known.contains(column.name())
                    && !column.nullable()
                    && column.fallback() == null
                    && !column.generated()) {
                findings.add(undecided(
                        table + "." + column.name(),
                        "not null, without a default",
                        "give it a default or allow null: the service inserts rows without it"));
            }
        }
    }

    private void inspectUnique(List<Finding> findings, String table, String name, List<String> columns)
            throws SQLException {
        List<Index> indexes = tables.readUniqueIndexes(connection, table);
        if (indexes.stream()
                .anyMatch(index ->
                        index.name().equalsIgnoreCase(name) && index.columns().equals(columns))) {
            return;
        }
        String where = table + " unique (" + String.join(", ", columns) + ")";
        var other = indexes.stream()
                .filter(index -> index.columns().equals(columns))
                .findFirst();
        if (other.isPresent()) {
            findings.add(adopted(
                    where,
                    "is named " + other.get().name(),
                    "is named " + name,
                    tables.rename(table, other.get(), name)));
            return;
        }
        String list = String.join(", ", columns);
        long duplicates = Sql.of("select count(*) from (select 1 as one from " + table + " where " + columns.get(0)
                        + " is not null group by " + list + " having count(*) > 1) d")
                .number(connection);
        Sql add = tables.addUnique(table, name, columns);
        if (duplicates == 0) {
            findings.add(adopted(where, "missing", "is added", add));
        } else if (table.equals(LIKE)) {
            findings.add(adopted(
                    where,
                    "missing; " + duplicates + " relations have several rows",
                    "keeps the oldest row of each, and is added",
                    Sql.of("delete from character_like where id not in (select first from (select min(id) as first"
                            + " from character_like group by target_ocid, liker_account_id) d)"),
                    add));
        } else {
            findings.add(undecided(
                    where,
                    "missing; " + duplicates + " values occur several times",
                    "delete or change all rows of each but one",
                    Sql.of("select " + list + ", count(*) from " + table + " group by " + list
                            + " having count(*) > 1")));
        }
    }
}
