package maple.like.adapter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import maple.like.application.CharacterLookupUnavailableException;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.Workers;
import maple.like.application.likes.InMemoryLedger;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterLiked;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CachedCharacterResolverTest {
    private final AtomicLong nanos = new AtomicLong();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final GameCharacter character = Fresh.character();
    private final AccountId limited = Fresh.account();
    private final InMemoryLedger database = new InMemoryLedger();
    private final InMemoryLedger operator = new InMemoryLedger();
    private final AtomicInteger finds = new AtomicInteger();
    private final AtomicInteger lookups = new AtomicInteger();
    private final CountDownLatch looking = new CountDownLatch(1);
    private volatile CountDownLatch gate = new CountDownLatch(0);

    private final CachedCharacterResolver resolver = resolver(name -> {
        lookups.incrementAndGet();
        Optional<GameCharacter> found = operator.find(name);
        looking.countDown();
        Workers.await(gate);
        return found;
    });

    private CachedCharacterResolver resolver(Function<CharacterName, Optional<GameCharacter>> external) {
        return new CachedCharacterResolver(
                names -> {
                    finds.incrementAndGet();
                    return database.find(names);
                },
                external,
                account -> !account.equals(limited),
                new CacheSettings(Duration.ofMinutes(5), 1_000),
                new CacheSettings(Duration.ofMinutes(2), 1_000),
                nanos::get,
                meters);
    }

    private void minutesPass(int minutes) {
        nanos.addAndGet(Duration.ofMinutes(minutes).toNanos());
    }

    private Optional<GameCharacter> find() {
        return resolver.find(character.name());
    }

    private Optional<GameCharacter> resolve() {
        return resolver.resolve(character.name(), Fresh.account());
    }

    private void invalidateUnknownNames(boolean eventsWereLost) {
        if (eventsWereLost) {
            resolver.onEventsLost();
        } else {
            likedElsewhere(character);
        }
    }

    private void likedElsewhere(GameCharacter liked) {
        resolver.onLikeEvent(new CharacterLiked(liked, 1, new LikeCount(1), Instant.EPOCH));
    }

    private void assertReads(int expectedFinds, int expectedLookups) {
        assertThat(finds).as("reads of the database").hasValue(expectedFinds);
        assertThat(lookups).as("external lookups").hasValue(expectedLookups);
    }

    @Test
    void aCharacterIsReadOnceUntilItExpires() {
        database.register(character);
        assertThat(find()).contains(character);
        database.setAvailable(false);
        minutesPass(4);
        assertThat(find()).contains(character);
        assertThat(meters.get("cache.gets")
                        .tags("cache", "like.characters", "result", "hit")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
        assertThat(resolve()).contains(character);
        minutesPass(1);
        assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(this::find);
    }

    @Test
    void manyNamesAreReadTogetherAndKnownAndUnknownOnesNotAgain() {
        GameCharacter other = Fresh.character();
        CharacterName invented = Fresh.name();
        database.register(character);
        database.register(other);
        find();
        for (int i = 0; i < 2; i++) {
            assertThat(resolver.find(List.of(other.name(), invented, character.name())))
                    .isEqualTo(Map.of(character.name(), character, other.name(), other));
        }
        assertReads(2, 0);
        database.setAvailable(false);
        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(() -> resolver.find(List.of(other.name(), Fresh.name())));
    }

    @Test
    void findingNeverLooksUpExternally() {
        operator.register(character);
        assertThat(find()).isEmpty();
        minutesPass(1);
        assertThat(find()).isEmpty();
        assertReads(1, 0);
        assertThat(resolve()).contains(character);
        assertThat(find()).contains(character);
        assertReads(2, 1);
    }

    @Test
    void withoutAnExternalLookupAnUnknownNameCostsOneRead() {
        CachedCharacterResolver local = resolver(null);
        assertThat(local.resolve(character.name(), limited)).isEmpty();
        assertReads(1, 0);
    }

    @Test
    void withAnExternalLookupAnUnknownNameCostsOneReadAndOneLookupUntilItExpires() {
        assertThat(resolve()).isEmpty();
        minutesPass(1);
        assertThat(resolve()).isEmpty();
        assertReads(1, 1);
        operator.register(character);
        minutesPass(1);
        assertThat(resolve()).contains(character);
        assertThat(find()).contains(character);
        assertThat(resolve()).contains(character);
        assertReads(2, 2);
    }

    @Test
    void theDatabaseIsReadAgainBeforeALookupForANameThatWasUnknownAWhileAgo() {
        assertThat(find()).isEmpty();
        database.register(character);
        assertThat(resolve()).contains(character);
        assertReads(2, 0);
    }

    @Test
    void anAccountWithoutAllowanceResolvesWhatIsKnownAndCausesNoLookup() {
        operator.register(character);
        CharacterName invented = Fresh.name();
        assertThatExceptionOfType(CharacterLookupUnavailableException.class)
                .isThrownBy(() -> resolver.resolve(character.name(), limited));
        assertThat(lookups).hasValue(0);
        resolve();
        resolver.resolve(invented, Fresh.account());
        assertThat(resolver.resolve(character.name(), limited)).contains(character);
        assertThat(resolver.resolve(invented, limited)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEventAndLostOnesInvalidateUnknownNames(boolean eventsWereLost) {
        find();
        resolve();
        database.register(character);
        invalidateUnknownNames(eventsWereLost);
        assertThat(find()).contains(character);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEventAndLostOnesPrevailOverALookupThatBeganBefore(boolean eventsWereLost) {
        gate = new CountDownLatch(1);
        try (Workers workers = new Workers()) {
            Future<Optional<GameCharacter>> lookup = workers.begin(this::resolve);
            Workers.await(looking);
            operator.register(character);
            invalidateUnknownNames(eventsWereLost);
            gate.countDown();
            assertThat(Workers.resultOf(lookup)).isEmpty();
            assertThat(resolve()).contains(character);
        }
    }

    @Test
    void anOutageIsNeitherCachedNorTakenForAnUnknownName() {
        database.setAvailable(false);
        assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(this::find);
        database.setAvailable(true);
        operator.setAvailable(false);
        assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(this::resolve);
        operator.setAvailable(true);
        operator.register(character);
        assertThat(resolve()).contains(character);
    }

    @Test
    void concurrentCallsForANameCauseOneLookup() {
        operator.register(character);
        gate = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(8);
        try (Workers workers = new Workers()) {
            List<Future<Optional<GameCharacter>>> callers = Stream.generate(() -> workers.begin(() -> {
                        begun.countDown();
                        return resolve();
                    }))
                    .limit(8)
                    .toList();
            Workers.await(begun);
            Workers.await(looking);
            gate.countDown();
            callers.forEach(caller -> assertThat(Workers.resultOf(caller)).contains(character));
            assertThat(lookups).hasValue(1);
            assertThat(finds).hasValueLessThanOrEqualTo(2); // the lookup reads again where another call was the first
        }
    }

    @Test
    void aSlowLookupDelaysNoOtherName() {
        gate = new CountDownLatch(1);
        try (Workers workers = new Workers()) {
            Future<Optional<GameCharacter>> slow = workers.begin(this::resolve);
            Workers.await(looking);
            for (int i = 0; i < 500; i++) {
                GameCharacter other = Fresh.character();
                database.register(other);
                assertThat(resolver.resolve(other.name(), limited)).contains(other);
                likedElsewhere(other);
            }
            assertThat(find()).isEmpty();
            resolver.onEventsLost();
            assertThat(slow).isNotDone();
            gate.countDown();
            assertThat(Workers.resultOf(slow)).isEmpty();
        }
    }

    @Test
    void inventedNamesDoNotPushCharactersOut() {
        operator.register(character);
        resolve();
        for (int i = 0; i < 5_000; i++) {
            resolver.resolve(Fresh.name(), Fresh.account());
        }
        assertThat(resolve()).contains(character);
        assertThat(lookups).hasValue(5_001);
    }
}
