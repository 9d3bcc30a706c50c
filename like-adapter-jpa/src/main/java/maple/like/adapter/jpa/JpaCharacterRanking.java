package maple.like.adapter.jpa;

import static java.util.stream.Collectors.toMap;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import maple.like.application.port.out.CharacterRanking;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;
import maple.like.domain.Ocid;

/**
 * One statement, which reads all characters: an index on counts would have to be written by every flush, which costs more
 * than reading them now and then. Another one where other writers stored names in Unicode normalisation form D.
 */
record JpaCharacterRanking(Transactions transactions, JpaCharacterDirectory directory, InstantSource clock)
        implements CharacterRanking {
    /** Rows that are read besides, because others may be left out. */
    private static final int SPARE = 100;

    @Override
    public Ranking read() {
        Instant asOf = clock.instant();
        List<Row> rows = transactions
                .read(
                        "read the ranking",
                        session -> session.createSelectionQuery("""
                                select ocid, userIgn, likeCount
                                  from GameCharacterEntity
                                 order by likeCount desc, userIgn
                                """, Object[].class)
                                .setMaxResults(LIMIT + SPARE)
                                .getResultList())
                .stream()
                .filter(row -> CharacterAdmission.isOcid((String) row[0]))
                .filter(row -> JpaCharacterDirectory.isFound((String) row[1]))
                .map(row -> new Row(new Ocid((String) row[0]), (String) row[1], (Long) row[2]))
                .toList();
        Map<Ocid, CharacterName> leading = directory.leading(
                rows.stream().filter(row -> !row.isExact()).collect(toMap(Row::ocid, row -> List.of(row.name()))));
        return new Ranking(
                asOf,
                rows.stream()
                        .filter(row -> row.isExact() || leading.containsKey(row.ocid()))
                        .limit(LIMIT)
                        .map(row -> new Counted(row.name(), new LikeCount(row.likeCount())))
                        .toList());
    }

    /** A row whose name leads to it, unless it is not exact and another row has the name exactly. */
    private record Row(Ocid ocid, String userIgn, long likeCount) {
        CharacterName name() {
            return new CharacterName(userIgn);
        }

        boolean isExact() {
            return name().value().equals(userIgn);
        }
    }
}
