package maple.like.adapter.jpa;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maple.like.adapter.jpa.RowStatements.LockedRow;
import maple.like.domain.CharacterName;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;

/**
 * Takes characters in when the service first meets their rows, which other writers may have inserted: gives each the name
 * that its likes are counted under, sets its count to the number of its rows, and assigns its partition.
 *
 * <p>A row that returns under an OCID that was met before is not assigned here: the primary store may know likes of that
 * character that have no row any more.
 */
record CharacterAdmission(LikePartitions partitions, CharacterMonitor monitor) {
    /** The partition of rows that the service skips, because their OCID is none. */
    static final int SKIPPED = -1;

    /** The name in a row, if it is one. */
    static Optional<CharacterName> nameIn(String userIgn) {
        try {
            return Optional.of(new CharacterName(userIgn));
        } catch (IllegalArgumentException invalid) {
            return Optional.empty();
        }
    }

    /** Whether the OCID in a row is one. */
    static boolean isOcid(String ocid) {
        try {
            var unused = new Ocid(ocid);
            return true;
        } catch (IllegalArgumentException invalid) {
            return false;
        }
    }

    /** The OCID in a row; if it is none, the monitor learns that the row is skipped. */
    Optional<Ocid> ocidIn(String ocid, String userIgn) {
        try {
            return Optional.of(new Ocid(ocid));
        } catch (IllegalArgumentException invalid) {
            monitor.skipped(
                    "The row of game_character with user_ign '" + userIgn + "'", String.valueOf(invalid.getMessage()));
            return Optional.empty();
        }
    }

    /**
     * Admits rows that this transaction has locked.
     *
     * @return the names that their likes are counted under, by OCID
     */
    Map<String, String> admit(RowStatements statements, List<LockedRow> rows) {
        Map<String, String> names = new HashMap<>();
        List<LockedRow> unknown =
                rows.stream().filter(row -> row.countedAs() == null).toList();
        if (!unknown.isEmpty()) {
            names.putAll(name(statements, unknown));
        }
        for (LockedRow row : rows) {
            if (row.countedAs() != null) {
                names.put(row.ocid(), row.countedAs());
            }
        }
        statements.recount(rows.stream().map(LockedRow::id).toList());
        assign(statements, unknown.stream().filter(LockedRow::isUnassigned).toList());
        return names;
    }

    /** Assigns rows to the partitions of their OCIDs. */
    void assign(RowStatements statements, List<LockedRow> rows) {
        rows.stream()
                .collect(groupingBy(row -> partitions.of(new Ocid(row.ocid())), mapping(LockedRow::id, toList())))
                .forEach(statements::assign);
    }

    private Map<String, String> name(RowStatements statements, List<LockedRow> rows) {
        Map<String, String> wanted = new LinkedHashMap<>();
        Set<String> given = new HashSet<>();
        for (LockedRow row : rows) {
            String name = nameIn(row.userIgn()).map(CharacterName::value).orElse(row.ocid());
            wanted.put(row.ocid(), given.add(name) ? name : row.ocid());
        }
        statements.insertCountedNames(wanted);
        Map<String, String> names = statements.countedNames(wanted.keySet());
        wanted.keySet().removeAll(names.keySet());
        if (!wanted.isEmpty()) {
            Map<String, String> owners = statements.countedFor(wanted.values());
            wanted.forEach(
                    (ocid, name) -> monitor.nameTaken(name, new Ocid(ocid), owners.getOrDefault(name, "another OCID")));
            wanted.replaceAll((ocid, name) -> ocid);
            statements.insertCountedNames(wanted);
            names.putAll(statements.countedNames(wanted.keySet()));
        }
        return names;
    }
}
