package maple.like.application.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.contract.DatabaseFixture.Fault;
import maple.like.application.port.out.CharacterRanking;
import maple.like.application.port.out.CharacterRanking.Counted;
import maple.like.application.port.out.CharacterRanking.Ranking;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link CharacterRanking} guarantees. Counts are raised beyond those that other tests leave. */
public abstract class CharacterRankingContract {
    private static final long MANY = 1_000_000;

    private final List<GameCharacter> characters = new ArrayList<>();
    private CharacterRanking ranking;

    protected abstract DatabaseFixture database();

    @BeforeEach
    void register() {
        ranking = database().instance().ranking();
        String tag = Fresh.name().value();
        IntStream.range(0, CharacterRanking.LIMIT + 2).forEach(i -> {
            GameCharacter character = new GameCharacter(Fresh.ocid(), new CharacterName("%s%03d".formatted(tag, i)));
            database().instance().registry().register(character);
            characters.add(character);
            database().miscount(character.ocid(), MANY - i / 5);
        });
    }

    @AfterEach
    void restoreCounts() {
        IntStream.range(0, characters.size())
                .forEach(i -> database().miscount(characters.get(i).ocid(), i / 5 - MANY));
    }

    @Test
    void theMostLikedComeFirstAndOfEqualOnesThoseWhoseNameComesFirst() {
        Instant before = Instant.now();
        Ranking read = ranking.read();
        assertThat(read.asOf()).isBetween(before.minusSeconds(1), Instant.now());
        assertThat(read.characters())
                .hasSize(CharacterRanking.LIMIT)
                .isSortedAccordingTo(
                        Comparator.comparing((Counted each) -> -each.likeCount().value())
                                .thenComparing(each -> each.name().value()));
        assertThat(read.characters())
                .containsExactlyElementsOf(IntStream.range(0, CharacterRanking.LIMIT)
                        .mapToObj(i -> new Counted(characters.get(i).name(), new LikeCount(MANY - i / 5)))
                        .toList());
    }

    @Test
    void anOutageIsNotAnEmptyRanking() {
        try (Fault outage = database().outage()) {
            assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(ranking::read);
        }
    }
}
