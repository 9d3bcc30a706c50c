package maple.like.application.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import maple.like.application.port.in.ReadRanking;
import maple.like.application.port.in.ReadRanking.Ranked;
import maple.like.application.port.out.CharacterRanking.Counted;
import maple.like.application.port.out.CharacterRanking.Ranking;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;
import org.junit.jupiter.api.Test;

class ReadRankingServiceTest {
    @Test
    void equalCountsShareARank() {
        List<Counted> characters = Stream.of("a 9", "b 7", "c 7", "d 7", "e 3", "f 0", "g 0")
                .map(text -> text.split(" "))
                .map(parts -> new Counted(new CharacterName(parts[0]), new LikeCount(Long.parseLong(parts[1]))))
                .toList();
        ReadRanking ranking = LikeUseCases.readRanking(() -> new Ranking(Instant.EPOCH, characters));
        assertThat(ranking.ranking(100).asOf()).isEqualTo(Instant.EPOCH);
        assertThat(ranking.ranking(100).characters())
                .extracting(Ranked::rank, each -> each.name().value())
                .containsExactly(
                        tuple(1, "a"),
                        tuple(2, "b"),
                        tuple(2, "c"),
                        tuple(2, "d"),
                        tuple(5, "e"),
                        tuple(6, "f"),
                        tuple(6, "g"));
        assertThat(ranking.ranking(3).characters()).extracting(Ranked::rank).containsExactly(1, 2, 2);
    }
}
