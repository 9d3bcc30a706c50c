package maple.like.adapter.jpa;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maple.like.application.port.out.CharacterRetirement;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/** Each change is one transaction that has locked the character. */
record JpaCharacterRetirement(Transactions transactions, CharacterAdmission admission) implements CharacterRetirement {
    private static final int PAGE = 1_000;

    @Override
    public Optional<GameCharacter> find(Ocid ocid) {
        return new JpaCharacterDirectory(transactions, admission).find(ocid);
    }

    @Override
    public void redirect(Ocid ocid, @Nullable Ocid successor) {
        transactions.write("redirect the names of " + ocid, session -> {
            RowStatements statements = statements(session);
            RowStatements.LockedCharacter locked =
                    statements.lockCharacters(List.of(ocid)).get(ocid);
            if (locked != null && !locked.row().userIgn().equals(ocid.value())) {
                session.createMutationQuery("update GameCharacterEntity set userIgn = :ocid where ocid = :ocid")
                        .setParameter("ocid", ocid.value())
                        .executeUpdate();
                if (successor != null) {
                    CharacterAdmission.nameIn(locked.row().userIgn())
                            .ifPresent(name -> lead(session, statements, name, successor));
                }
            }
            if (successor == null) {
                deleteAliases(session, ocid);
            } else {
                session.createMutationQuery("update GameCharacterAliasEntity set ocid = :successor where ocid = :ocid")
                        .setParameter("successor", successor.value())
                        .setParameter("ocid", ocid.value())
                        .executeUpdate();
            }
        });
    }

    private static void lead(StatelessSession session, RowStatements statements, CharacterName name, Ocid successor) {
        if (statements.lockCharacters(List.of(successor)).isEmpty()) {
            session.insert(new GameCharacterEntity(new GameCharacter(successor, name)));
            statements.lockCharacters(List.of(successor));
            return;
        }
        session.createMutationQuery("delete from GameCharacterAliasEntity where userIgn = :name")
                .setParameter("name", name.value())
                .executeUpdate();
        session.insert(new GameCharacterAliasEntity(name, successor));
    }

    /** Reads on while it finds nothing but rows that are no likes. */
    @Override
    public List<AccountId> likersAfter(Ocid ocid, String after, int limit) {
        List<AccountId> likers = List.of();
        String from = after;
        boolean more = true;
        while (more && likers.isEmpty()) {
            List<String> rows = rowsAfter(ocid, from, limit);
            likers = rows.stream()
                    .flatMap(account -> RowStatements.relation(account, ocid.value()).stream())
                    .map(RelationKey::account)
                    .toList();
            more = rows.size() == limit;
            from = more ? rows.get(limit - 1) : from;
        }
        return likers;
    }

    private List<String> rowsAfter(Ocid ocid, String account, int limit) {
        return transactions.read(
                "list the likers of " + ocid,
                session -> session.createSelectionQuery("""
                                select likerAccountId
                                  from CharacterLikeEntity
                                 where targetOcid = :ocid and likerAccountId > :account
                                 order by likerAccountId
                                """, String.class)
                        .setParameter("ocid", ocid.value())
                        .setParameter("account", account)
                        .setMaxResults(limit)
                        .getResultList());
    }

    @Override
    public long likersOfBoth(Ocid one, Ocid other) {
        return transactions.read(
                "compare the likers of " + one + " and " + other,
                session -> session.createSelectionQuery("""
                                select count(*)
                                  from CharacterLikeEntity l
                                  join CharacterLikeEntity o
                                    on o.likerAccountId = l.likerAccountId and o.targetOcid = :other
                                 where l.targetOcid = :one
                                """, Long.class)
                        .setParameter("one", one.value())
                        .setParameter("other", other.value())
                        .getSingleResult());
    }

    @Override
    public boolean remove(Ocid ocid) {
        String what = "remove the character " + ocid;
        return transactions.inTransaction(
                what,
                session -> transactions.attempt(what, () -> {
                    RowStatements statements = statements(session);
                    statements.lockCharacters(List.of(ocid));
                    if (!removeInvalidRows(statements, ocid)) {
                        return false;
                    }
                    deleteAliases(session, ocid);
                    for (String entity : List.of("GameCharacterEntity", "LikeCharacterEntity")) {
                        session.createMutationQuery("delete from " + entity + " where ocid = :ocid")
                                .setParameter("ocid", ocid.value())
                                .executeUpdate();
                    }
                    return true;
                }));
    }

    /** Returns false where a like is among the rows. */
    private static boolean removeInvalidRows(RowStatements statements, Ocid ocid) {
        List<Object[]> rows;
        do {
            rows = statements
                    .session()
                    .createSelectionQuery("""
                            select id, likerAccountId, targetOcid
                              from CharacterLikeEntity
                             where targetOcid = :ocid
                             order by id
                            """, Object[].class)
                    .setParameter("ocid", ocid.value())
                    .setMaxResults(PAGE)
                    .getResultList();
            Map<Long, String> invalid = new HashMap<>();
            for (Object[] row : rows) {
                if (RowStatements.relation((String) row[1], (String) row[2]).isPresent()) {
                    return false;
                }
                invalid.put((Long) row[0], (String) row[2]);
            }
            statements.deleteInvalid(invalid);
        } while (rows.size() == PAGE);
        return true;
    }

    private static void deleteAliases(StatelessSession session, Ocid ocid) {
        session.createMutationQuery("delete from GameCharacterAliasEntity where ocid = :ocid")
                .setParameter("ocid", ocid.value())
                .executeUpdate();
    }

    private RowStatements statements(StatelessSession session) {
        return new RowStatements(session, transactions.vendor(), admission);
    }
}
