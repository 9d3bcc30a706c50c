package maple.like.adapter.jpa;

import static java.util.Objects.requireNonNull;

import java.io.Serial;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.hibernate.StatelessSession;

/** The rows of a batch, one statement for all of them. */
record LikeRows(StatelessSession session, Sql sql) {

    /** Locks characters in the order given, so that no two callers deadlock; absent ones are left out. */
    Map<Ocid, LockedCharacter> lockCharacters(Set<Ocid> targets) {
        Map<Ocid, LockedCharacter> characters = new HashMap<>();
        for (Object[] row : select(sql.lockCharacters, column(targets, Ocid::value))) {
            characters.put(
                    new Ocid((String) row[1]), new LockedCharacter((Long) row[0], new CharacterName((String) row[2])));
        }
        return characters;
    }

    /** The ids of those relations that have a row. */
    Map<RelationKey, Long> find(Collection<RelationKey> relations) {
        Map<RelationKey, Long> ids = new HashMap<>();
        if (!relations.isEmpty()) {
            for (Object[] row : select(sql.findLikes, targets(relations), accounts(relations))) {
                ids.put(new RelationKey(new AccountId((String) row[2]), new Ocid((String) row[1])), (Long) row[0]);
            }
        }
        return ids;
    }

    /**
     * Brings rows and counts to what a batch wants of these relations.
     *
     * @param relations in a fixed order
     * @param refused relations to be left as they are
     */
    Written write(
            List<RelationKey> relations, Map<RelationKey, Boolean> wanted, Set<RelationKey> refused, Instant now) {
        Map<Ocid, LockedCharacter> characters = lockCharacters(targetsOf(relations));
        List<RelationKey> known = new ArrayList<>(relations);
        known.removeIf(relation -> !characters.containsKey(relation.target()));
        Map<RelationKey, Long> stored = find(known);
        Map<RelationKey, Boolean> liked = new HashMap<>();
        List<RelationKey> missing = new ArrayList<>();
        List<Long> surplus = new ArrayList<>();
        Map<LockedCharacter, Long> changes = new HashMap<>();
        for (RelationKey relation : known) {
            LockedCharacter character = requireNonNull(characters.get(relation.target()));
            Long id = stored.get(relation);
            boolean want = refused.contains(relation) ? id != null : Boolean.TRUE.equals(wanted.get(relation));
            if (want && id == null) {
                missing.add(relation);
                changes.merge(character, 1L, Long::sum);
            } else if (!want && id != null) {
                surplus.add(id);
                changes.merge(character, -1L, Long::sum);
            }
            liked.put(relation, want);
        }
        changes.values().removeIf(change -> change == 0);
        insert(missing, now);
        delete(surplus);
        addToCounts(changes);
        return new Written(characters, liked, changes, missing.size(), surplus.size());
    }

    static Set<Ocid> targetsOf(List<RelationKey> relations) {
        Set<Ocid> targets = new LinkedHashSet<>();
        relations.forEach(relation -> targets.add(relation.target()));
        return targets;
    }

    void insert(List<RelationKey> relations, Instant now) {
        if (!relations.isEmpty()) {
            require(
                    relations.size(),
                    sql.bind(
                                    session.createNativeMutationQuery(sql.insertLikes),
                                    targets(relations),
                                    accounts(relations))
                            .setParameter("now", now)
                            .executeUpdate());
        }
    }

    void delete(List<Long> ids) {
        if (!ids.isEmpty()) {
            require(
                    ids.size(),
                    sql.bind(session.createNativeMutationQuery(sql.deleteLikes), ids.toArray(Long[]::new))
                            .executeUpdate());
        }
    }

    void addToCounts(Map<LockedCharacter, Long> changes) {
        if (!changes.isEmpty()) {
            Set<LockedCharacter> characters = changes.keySet();
            require(
                    changes.size(),
                    sql.bind(
                                    session.createNativeMutationQuery(sql.addToCounts),
                                    characters.stream().map(LockedCharacter::id).toArray(Long[]::new),
                                    characters.stream().map(changes::get).toArray(Long[]::new))
                            .executeUpdate());
        }
    }

    void setAside(List<RelationKey> relations, Function<RelationKey, Boolean> liked, String reason, Instant now) {
        if (!relations.isEmpty()) {
            sql.bind(
                            session.createNativeMutationQuery(sql.setAside),
                            targets(relations),
                            accounts(relations),
                            relations.stream().map(liked).toArray(Boolean[]::new))
                    .setParameter("reason", reason)
                    .setParameter("now", now)
                    .executeUpdate();
        }
    }

    private List<Object[]> select(String statement, Object[]... columns) {
        return sql.bind(session.createNativeQuery(statement, Object[].class), columns)
                .getResultList();
    }

    private static String[] targets(Collection<RelationKey> relations) {
        return column(relations, relation -> relation.target().value());
    }

    private static String[] accounts(Collection<RelationKey> relations) {
        return column(relations, relation -> relation.account().value());
    }

    private static <T> String[] column(Collection<T> rows, Function<T, String> value) {
        return rows.stream().map(value).toArray(String[]::new);
    }

    private static void require(int expected, int changed) {
        if (changed != expected) {
            throw new UnwrittenException(expected, changed);
        }
    }

    /** A trigger dropped a row without a word, or somebody writes who does not lock the character. */
    static final class UnwrittenException extends IllegalStateException {
        @Serial
        private static final long serialVersionUID = 1L;

        UnwrittenException(int expected, int changed) {
            super(expected + " rows were to be written, and there were " + changed);
        }
    }

    /**
     * What became of the relations of a batch.
     *
     * @param characters those that exist
     * @param liked what is stored now, of relations whose character exists
     * @param changes how the counts changed
     * @param inserted rows added
     * @param deleted rows removed
     */
    record Written(
            Map<Ocid, LockedCharacter> characters,
            Map<RelationKey, Boolean> liked,
            Map<LockedCharacter, Long> changes,
            int inserted,
            int deleted) {
        CharacterName nameOf(RelationKey relation) {
            return requireNonNull(characters.get(relation.target())).name();
        }
    }

    /** A character whose likes only this transaction can change. */
    record LockedCharacter(long id, CharacterName name) {}
}
