package maple.like.adapter.jpa;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import maple.like.application.port.out.CharacterRanking;
import maple.like.domain.LikeCount;

/**
 * One statement, which reads all characters: an index on counts would have to be written by every flush, which costs more
 * than reading them now and then.
 */
record JpaCharacterRanking(Transactions transactions, InstantSource clock) implements CharacterRanking {
    @Override
    public Ranking read() {
        Instant asOf = clock.instant();
        List<Counted> characters = transactions
                .read(
                        "read the ranking",
                        session -> session.createSelectionQuery("""
                                select userIgn, likeCount
                                  from GameCharacterEntity
                                 order by likeCount desc, userIgn
                                """, Object[].class)
                                .setMaxResults(LIMIT)
                                .getResultList())
                .stream()
                .flatMap(row ->
                        CharacterAdmission.nameIn((String) row[0])
                                .map(name -> new Counted(name, new LikeCount((Long) row[1])))
                                .stream())
                .toList();
        return new Ranking(asOf, characters);
    }
}
