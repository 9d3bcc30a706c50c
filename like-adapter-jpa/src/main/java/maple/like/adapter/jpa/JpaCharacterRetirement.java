package maple.like.adapter.jpa;

import java.util.List;
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

    @Override
    public List<AccountId> likersAfter(Ocid ocid, String after, int limit) {
        return transactions
                .read(
                        "list the likers of " + ocid,
                        session -> session.createSelectionQuery("""
                                select likerAccountId
                                  from CharacterLikeEntity
                                 where targetOcid = :ocid and likerAccountId > :after
                                 order by likerAccountId
                                """, String.class)
                                .setParameter("ocid", ocid.value())
                                .setParameter("after", after)
                                .setMaxResults(limit)
                                .getResultList())
                .stream()
                .flatMap(account -> RowStatements.relation(account, ocid.value()).stream())
                .map(RelationKey::account)
                .toList();
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
                    statements(session).lockCharacters(List.of(ocid));
                    long likes = session.createSelectionQuery(
                                    "select count(*) from CharacterLikeEntity where targetOcid = :ocid", Long.class)
                            .setParameter("ocid", ocid.value())
                            .getSingleResult();
                    if (likes > 0) {
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

    private static void deleteAliases(StatelessSession session, Ocid ocid) {
        session.createMutationQuery("delete from GameCharacterAliasEntity where ocid = :ocid")
                .setParameter("ocid", ocid.value())
                .executeUpdate();
    }

    private RowStatements statements(StatelessSession session) {
        return new RowStatements(session, transactions.vendor(), admission);
    }
}
