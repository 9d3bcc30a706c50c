package maple.like.adapter.jpa;

import java.time.Instant;
import java.util.List;
import maple.like.application.port.out.LikeLists;
import maple.like.application.port.out.LikeToggle.Relation;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;

/** One statement for each page, along an index. The number of an entry is the id of its row. */
record JpaLikeLists(Transactions transactions) implements LikeLists {
    @Override
    public List<Entry> likersOf(GameCharacter character, long after, int limit) {
        return transactions
                .read(
                        "list the likers of " + character.ocid(),
                        session -> session.createSelectionQuery("""
                                select id, likerAccountId, createdAt
                                  from CharacterLikeEntity
                                 where targetOcid = :ocid and id < :after
                                 order by id desc
                                """, Object[].class)
                                .setParameter("ocid", character.ocid().value())
                                .setParameter("after", after)
                                .setMaxResults(limit)
                                .getResultList())
                .stream()
                .flatMap(row ->
                        RowStatements.relation((String) row[1], character.ocid().value())
                                .map(relation -> new Entry(
                                        (Long) row[0], new Relation(relation.account(), character), (Instant) row[2]))
                                .stream())
                .toList();
    }

    @Override
    public List<Entry> likesOf(AccountId account, long after, int limit) {
        return transactions
                .read(
                        "list the likes of " + account,
                        session -> session.createSelectionQuery("""
                                select l.id, c.ocid, coalesce(n.countedAs, c.userIgn), l.createdAt
                                  from CharacterLikeEntity l
                                  join GameCharacterEntity c on c.ocid = l.targetOcid
                                  left join LikeCharacterEntity n on n.ocid = l.targetOcid
                                 where l.likerAccountId = :account and l.id < :after
                                 order by l.id desc
                                """, Object[].class)
                                .setParameter("account", account.value())
                                .setParameter("after", after)
                                .setMaxResults(limit)
                                .getResultList())
                .stream()
                .flatMap(row -> RowStatements.relation(account.value(), (String) row[1])
                        .flatMap(relation -> CharacterAdmission.nameIn((String) row[2])
                                .map(name -> new GameCharacter(relation.target(), name)))
                        .map(character -> new Entry((Long) row[0], new Relation(account, character), (Instant) row[3]))
                        .stream())
                .toList();
    }
}
