package maple.like.adapter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import maple.like.application.CharacterLookupUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.StoreUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.Workers;
import maple.like.application.memory.InMemoryLedger;
import maple.like.application.memory.ModelLikes;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.LikeReader;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterLiked;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CachesTest {
    private static final CacheSettings SETTINGS = new CacheSettings(Duration.ofMinutes(5), 1_000);

    private final AtomicLong nanos = new AtomicLong();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final GameCharacter character = Fresh.character();
    private final CharacterLiked event = new CharacterLiked(character.name(), 1, Instant.EPOCH);

    private void minutesPass(int minutes) {
        nanos.addAndGet(Duration.ofMinutes(minutes).toNanos());
    }

    @Nested
    class OfCounts {
        private final InMemoryLedger store = new InMemoryLedger();
        private final ModelLikes likes = new ModelLikes(new LikePartitions(1), store);
        private final AtomicInteger loads = new AtomicInteger();
        private volatile CountDownLatch gate = new CountDownLatch(0);
        private final CountDownLatch loading = new CountDownLatch(1);
        private final CachedLikes cached = new CachedLikes(likes, new Counting(), SETTINGS, nanos::get, meters);

        private final class Counting implements LikeReader {
            @Override
            public Optional<LikeStatus> status(RelationKey relation, CharacterName name) {
                return likes.status(relation, name);
            }

            @Override
            public Optional<LikeCount> count(GameCharacter of) {
                loads.incrementAndGet();
                Optional<LikeCount> count = likes.count(of);
                loading.countDown();
                Workers.await(gate);
                return count;
            }
        }

        @BeforeEach
        void register() {
            store.register(character);
        }

        private long count() {
            return cached.count(character).orElseThrow().value();
        }

        private void likedElsewhere() {
            likes.apply(Fresh.relationTo(character), character.name(), LikeIntent.LIKE);
        }

        @Test
        void aCountIsLoadedOnceUntilItExpires() {
            assertThat(count()).isZero();
            likedElsewhere();
            minutesPass(4);
            assertThat(count()).isZero();
            minutesPass(1);
            assertThat(count()).isEqualTo(1);
            assertThat(loads).hasValue(2);
        }

        @Test
        void anOwnChangeEvicts() {
            assertThat(count()).isZero();
            cached.apply(Fresh.relationTo(character), character.name(), LikeIntent.LIKE);
            assertThat(count()).isEqualTo(1);
        }

        @Test
        void anEventEvicts() {
            assertThat(count()).isZero();
            likedElsewhere();
            cached.onLikeEvent(event);
            assertThat(count()).isEqualTo(1);
        }

        @Test
        void anEventOfAnotherCharacterDoesNotEvict() {
            count();
            cached.onLikeEvent(new CharacterLiked(Fresh.name(), 1, Instant.EPOCH));
            count();
            assertThat(loads).hasValue(1);
        }

        @Test
        void missedEventsEvictEverything() {
            assertThat(count()).isZero();
            likedElsewhere();
            cached.onEventsMissed();
            assertThat(count()).isEqualTo(1);
        }

        @Test
        void anEventIsNotOvertakenByALoadThatBeganBefore() {
            assertNotOvertaken(() -> cached.onLikeEvent(event));
        }

        @Test
        void missedEventsAreNotOvertakenByALoadThatBeganBefore() {
            assertNotOvertaken(cached::onEventsMissed);
        }

        /** A load reads, then others change the count and say so, then the load ends: its result must not stay. */
        private void assertNotOvertaken(Runnable eviction) {
            gate = new CountDownLatch(1);
            try (Workers workers = new Workers()) {
                Future<Long> load = workers.begin(this::count);
                Workers.await(loading);
                likedElsewhere();
                AtomicInteger begun = new AtomicInteger();
                Future<?> evicted = workers.begin(() -> {
                    begun.incrementAndGet();
                    eviction.run();
                    return null;
                });
                await().until(() -> begun.get() == 1);
                gate.countDown();
                Workers.resultOf(load);
                Workers.resultOf(evicted);
                assertThat(count()).isEqualTo(1);
            }
        }

        @Test
        void anOutageIsNotRemembered() {
            store.goAway();
            likes.lose();
            assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(this::count);
            store.comeBack();
            assertThat(count()).isZero();
        }

        @Test
        void theFiguresOfTheCacheAreMetrics() {
            count();
            count();
            assertThat(meters.get("cache.gets")
                            .tags("cache", "like.counts", "result", "hit")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
        }
    }

    @Nested
    class OfCharacters {
        private final InMemoryLedger store = new InMemoryLedger();
        private final AtomicInteger lookups = new AtomicInteger();
        private volatile CountDownLatch gate = new CountDownLatch(0);
        private final CountDownLatch looking = new CountDownLatch(1);
        private final CharacterDirectory directory = name -> {
            lookups.incrementAndGet();
            Optional<GameCharacter> found = store.find(name);
            looking.countDown();
            Workers.await(gate);
            return found;
        };
        private final CachedCharacterDirectory cached =
                new CachedCharacterDirectory(directory, SETTINGS, SETTINGS, nanos::get, meters);

        @Test
        void aCharacterIsLookedUpOnceUntilItExpires() {
            store.register(character);
            assertThat(cached.find(character.name())).contains(character);
            store.goAway();
            minutesPass(4);
            assertThat(cached.find(character.name())).contains(character);
            minutesPass(1);
            assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> cached.find(character.name()));
        }

        @Test
        void anUnknownNameIsLookedUpOnceUntilItExpires() {
            assertThat(cached.find(character.name())).isEmpty();
            assertThat(cached.find(character.name())).isEmpty();
            assertThat(lookups).hasValue(1);
            store.register(character);
            minutesPass(5);
            assertThat(cached.find(character.name())).contains(character);
        }

        @Test
        void aNameThatIsLikedElsewhereIsNoLongerUnknown() {
            cached.find(character.name());
            store.register(character);
            cached.onLikeEvent(event);
            assertThat(cached.find(character.name())).contains(character);
        }

        @Test
        void missedEventsForgetTheUnknownNames() {
            cached.find(character.name());
            store.register(character);
            cached.onEventsMissed();
            assertThat(cached.find(character.name())).contains(character);
        }

        @Test
        void anEventIsNotOvertakenByALookupThatBeganBefore() {
            gate = new CountDownLatch(1);
            try (Workers workers = new Workers()) {
                Future<Optional<GameCharacter>> lookup = workers.begin(() -> cached.find(character.name()));
                Workers.await(looking);
                store.register(character);
                Future<?> evicted = workers.begin(() -> {
                    cached.onLikeEvent(event);
                    return null;
                });
                gate.countDown();
                assertThat(Workers.resultOf(lookup)).isEmpty();
                Workers.resultOf(evicted);
                assertThat(cached.find(character.name())).contains(character);
            }
        }

        @Test
        void aNameIsLookedUpOnceAtATime() {
            store.register(character);
            Workers.together(
                    8, thread -> assertThat(cached.find(character.name())).contains(character));
            assertThat(lookups).hasValue(1);
        }

        @Test
        void anOutageIsNotTakenForAnUnknownName() {
            store.goAway();
            assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> cached.find(character.name()));
            store.comeBack();
            store.register(character);
            assertThat(cached.find(character.name())).contains(character);
        }

        @Test
        void inventedNamesDoNotPushCharactersOut() {
            store.register(character);
            cached.find(character.name());
            for (int i = 0; i < 5_000; i++) {
                cached.find(Fresh.name());
            }
            int before = lookups.get();
            assertThat(cached.find(character.name())).contains(character);
            assertThat(lookups).hasValue(before);
        }
    }

    @Nested
    class OfLookups {
        private final InMemoryLedger store = new InMemoryLedger();
        private final InMemoryLedger operator = new InMemoryLedger();
        private final AccountId greedy = Fresh.account();
        private final AtomicInteger lookups = new AtomicInteger();
        private volatile CountDownLatch gate = new CountDownLatch(0);
        private final CountDownLatch looking = new CountDownLatch(1);
        private final CharacterDirectory directory = name -> {
            lookups.incrementAndGet();
            Optional<GameCharacter> found = operator.find(name);
            looking.countDown();
            Workers.await(gate);
            return found;
        };
        private final CachedCharacterDirectory known =
                new CachedCharacterDirectory(store, SETTINGS, SETTINGS, nanos::get, meters);
        private final CachedLookupDirectory cached = new CachedLookupDirectory(
                known,
                directory,
                caller -> !caller.equals(greedy),
                new CacheSettings(Duration.ofMinutes(2), 1_000),
                nanos::get,
                meters);

        private Optional<GameCharacter> find(CharacterName name) {
            return cached.find(name, Fresh.account());
        }

        @Test
        void whoeverMayCauseNoLookupFindsWhatIsKnownHereAllTheSame() {
            GameCharacter stored = Fresh.character();
            store.register(stored);
            assertThat(cached.find(stored.name(), greedy)).contains(stored);
            operator.register(character);
            assertThatExceptionOfType(CharacterLookupUnavailableException.class)
                    .isThrownBy(() -> cached.find(character.name(), greedy));
            assertThat(lookups).hasValue(0);
            assertThat(find(character.name())).contains(character);
            assertThat(cached.find(character.name(), greedy)).contains(character);
            CharacterName nobodys = Fresh.name();
            assertThat(find(nobodys)).isEmpty();
            assertThat(cached.find(nobodys, greedy)).isEmpty();
        }

        @Test
        void aCharacterIsLookedUpOnceAndKnownFromThenOn() {
            operator.register(character);
            assertThat(known.find(character.name())).isEmpty();
            assertThat(find(character.name())).contains(character);
            assertThat(find(character.name())).contains(character);
            assertThat(known.find(character.name())).contains(character);
            assertThat(lookups).hasValue(1);
        }

        @Test
        void aNameThatIsNotKnownHereIsLookedUpAllTheSame() {
            assertThat(known.find(character.name())).isEmpty();
            operator.register(character);
            assertThat(find(character.name())).contains(character);
        }

        @Test
        void aNameThatNobodyHasIsLookedUpOnceUntilItExpires() {
            assertThat(find(character.name())).isEmpty();
            assertThat(find(character.name())).isEmpty();
            minutesPass(1);
            assertThat(find(character.name())).isEmpty();
            assertThat(lookups).hasValue(1);
            operator.register(character);
            minutesPass(1);
            assertThat(find(character.name())).contains(character);
        }

        @Test
        void anOutageIsNotRemembered() {
            operator.goAway();
            assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> find(character.name()));
            operator.comeBack();
            operator.register(character);
            assertThat(find(character.name())).contains(character);
        }

        @Test
        void aNameIsLookedUpOnceAtATime() {
            assertThatAllWaitForOneLookup(Optional.empty());
        }

        @Test
        void aCharacterIsLookedUpOnceAtATime() {
            operator.register(character);
            assertThatAllWaitForOneLookup(Optional.of(character));
        }

        private void assertThatAllWaitForOneLookup(Optional<GameCharacter> expected) {
            gate = new CountDownLatch(1);
            try (Workers workers = new Workers()) {
                List<Future<Optional<GameCharacter>>> callers = new ArrayList<>();
                AtomicInteger begun = new AtomicInteger();
                for (int i = 0; i < 8; i++) {
                    callers.add(workers.begin(() -> {
                        begun.incrementAndGet();
                        return find(character.name());
                    }));
                }
                await().until(() -> begun.get() == 8);
                Workers.await(looking);
                gate.countDown();
                for (Future<Optional<GameCharacter>> caller : callers) {
                    assertThat(Workers.resultOf(caller)).isEqualTo(expected);
                }
                assertThat(lookups).hasValue(1);
            }
        }

        @Test
        void aSlowLookupKeepsNobodyElseWaiting() {
            gate = new CountDownLatch(1);
            try (Workers workers = new Workers()) {
                Future<Optional<GameCharacter>> slow = workers.begin(() -> find(character.name()));
                Workers.await(looking);
                for (int i = 0; i < 500; i++) {
                    GameCharacter other = Fresh.character();
                    known.learn(other.name(), other);
                    assertThat(find(other.name())).contains(other);
                    cached.onLikeEvent(new CharacterLiked(other.name(), 1, Instant.EPOCH));
                }
                cached.onEventsMissed();
                assertThat(slow).isNotDone();
                gate.countDown();
                assertThat(Workers.resultOf(slow)).isEmpty();
            }
        }

        @Test
        void anEventIsNotOvertakenByALookupThatBeganBefore() {
            assertNotOvertaken(() -> cached.onLikeEvent(event));
        }

        @Test
        void missedEventsAreNotOvertakenByALookupThatBeganBefore() {
            assertNotOvertaken(cached::onEventsMissed);
        }

        private void assertNotOvertaken(Runnable eviction) {
            gate = new CountDownLatch(1);
            try (Workers workers = new Workers()) {
                Future<Optional<GameCharacter>> lookup = workers.begin(() -> find(character.name()));
                Workers.await(looking);
                operator.register(character);
                eviction.run();
                gate.countDown();
                assertThat(Workers.resultOf(lookup)).isEmpty();
                assertThat(find(character.name())).contains(character);
            }
        }

        @Test
        void anEventForgetsThatNobodyHasTheName() {
            assertThat(find(character.name())).isEmpty();
            operator.register(character);
            cached.onLikeEvent(event);
            assertThat(find(character.name())).contains(character);
        }

        @Test
        void anotherNameLeadsToTheCharacterAsItIsCounted() {
            operator.register(character);
            CharacterName renamed = Fresh.name();
            operator.admit(character.ocid(), renamed);
            assertThat(find(renamed)).contains(character);
            assertThat(known.find(renamed)).contains(character);
        }

        @Test
        void inventedNamesDoNotPushCharactersOut() {
            operator.register(character);
            find(character.name());
            for (int i = 0; i < 5_000; i++) {
                find(Fresh.name());
            }
            int before = lookups.get();
            assertThat(find(character.name())).contains(character);
            assertThat(lookups).hasValue(before);
        }
    }
}
