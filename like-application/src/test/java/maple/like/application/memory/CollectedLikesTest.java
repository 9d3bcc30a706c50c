package maple.like.application.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.Workers;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CollectedLikesTest {
    private static final LikePartitions PARTITIONS = new LikePartitions(1);

    private final ExecutorService movers = Executors.newFixedThreadPool(3);
    private final InMemoryLedger store = new InMemoryLedger(PARTITIONS);
    private final ModelLikes behind = new ModelLikes(PARTITIONS, store);
    private final CollectedLikes likes = collecting(behind, 1_000);
    private final GameCharacter character = Fresh.character();

    CollectedLikesTest() {
        store.register(character);
    }

    @AfterEach
    void stop() {
        movers.shutdownNow();
    }

    private CollectedLikes collecting(LikeToggle toggle, int mostWaiting) {
        return new CollectedLikes(PARTITIONS, toggle, behind, movers, mostWaiting);
    }

    private LikeStatus apply(RelationKey relation, LikeIntent intent) {
        return likes.apply(relation, character.name(), intent).orElseThrow().status();
    }

    private static LikeStatus status(boolean liked, long count) {
        return new LikeStatus(liked, new LikeCount(count));
    }

    @Test
    void theBufferBehindIsToldWhenItIsMovedAndNotBefore() throws InterruptedException {
        RelationKey relation = Fresh.relationTo(character);
        assertThat(apply(relation, LikeIntent.TOGGLE)).isEqualTo(status(true, 1));
        assertThat(behind.count(character)).contains(LikeCount.ZERO);
        assertThat(likes.count(character)).contains(new LikeCount(1));
        likes.move(0);
        assertThat(behind.status(relation, character.name())).contains(status(true, 1));
        assertThat(likes.waiting(0)).isZero();
        assertThat(apply(relation, LikeIntent.TOGGLE)).isEqualTo(status(false, 0));
    }

    @Test
    void aKnownChangeNeedsNobodyBehind() {
        RelationKey relation = Fresh.relationTo(character);
        apply(relation, LikeIntent.LIKE);
        behind.goAway();
        assertThat(apply(relation, LikeIntent.TOGGLE)).isEqualTo(status(false, 0));
        assertThat(likes.status(relation, character.name())).contains(status(false, 0));
        assertThatExceptionOfType(BufferUnavailableException.class)
                .isThrownBy(() -> apply(Fresh.relationTo(character), LikeIntent.LIKE));
    }

    @Test
    void whatCouldNotBeMovedWaitsAndIsMovedLater() throws InterruptedException {
        RelationKey relation = Fresh.relationTo(character);
        apply(relation, LikeIntent.LIKE);
        behind.goAway();
        assertThatExceptionOfType(BufferUnavailableException.class).isThrownBy(() -> likes.move(0));
        assertThat(likes.waiting(0)).isEqualTo(1);
        behind.comeBack();
        likes.move(0);
        assertThat(behind.status(relation, character.name())).contains(status(true, 1));
    }

    @Test
    void aChangeWhileItsFormerStateIsMovedWaitsOn() throws InterruptedException {
        RelationKey relation = Fresh.relationTo(character);
        AtomicBoolean once = new AtomicBoolean(true);
        CollectedLikes[] self = new CollectedLikes[1];
        self[0] = collecting(
                (moved, name, intent) -> {
                    Optional<LikeToggle.Toggled> toggled = behind.apply(moved, name, intent);
                    if (once.getAndSet(false)) {
                        self[0].apply(relation, character.name(), LikeIntent.UNLIKE);
                    }
                    return toggled;
                },
                10);
        self[0].apply(relation, character.name(), LikeIntent.LIKE);
        self[0].move(0);
        assertThat(self[0].waiting(0)).isEqualTo(1);
        assertThat(self[0].count(character)).contains(LikeCount.ZERO);
        self[0].move(0);
        assertThat(behind.status(relation, character.name())).contains(status(false, 0));
    }

    @Test
    void moreChangesThanMayWaitAreRefused() {
        CollectedLikes small = collecting(behind, 1);
        RelationKey relation = Fresh.relationTo(character);
        small.apply(relation, character.name(), LikeIntent.LIKE);
        small.apply(relation, character.name(), LikeIntent.UNLIKE);
        assertThatExceptionOfType(BufferUnavailableException.class)
                .isThrownBy(() -> small.apply(Fresh.relationTo(character), character.name(), LikeIntent.LIKE));
        assertThat(small.waiting(0)).isEqualTo(1);
    }

    @Test
    void aCharacterThatNobodyBehindHasIsNotLiked() {
        GameCharacter nobody = Fresh.character();
        assertThat(likes.apply(Fresh.relationTo(nobody), nobody.name(), LikeIntent.LIKE))
                .isEmpty();
        assertThat(likes.count(nobody)).isEmpty();
        assertThat(likes.waiting(0)).isZero();
    }

    @Test
    void everyAnswerIsExactWhileEverythingIsMovedByAnUnreliableWay() {
        long seed = Long.getLong("memory.seed", new Random().nextLong());
        Random random = new Random(seed);
        LikeToggle unreliable = (relation, name, intent) -> {
            int fate;
            synchronized (random) {
                fate = random.nextInt(10);
            }
            if (fate == 0) {
                throw new BufferUnavailableException("not made", null);
            }
            Optional<LikeToggle.Toggled> toggled = behind.apply(relation, name, intent);
            if (fate == 1) {
                throw new BufferUnavailableException("made, and nobody was told", null);
            }
            return toggled;
        };
        CollectedLikes collected = collecting(unreliable, 10_000);
        int threads = 4;
        int each = 500;
        Queue<Long> totals = new ConcurrentLinkedQueue<>();
        Map<RelationKey, Boolean> told = new ConcurrentHashMap<>();
        AtomicInteger busy = new AtomicInteger(threads);
        GameCharacter turned = Fresh.character();
        store.register(turned);
        Workers.together(threads + 1, thread -> {
            if (thread == threads) {
                while (busy.get() > 0) {
                    tryToMove(collected);
                }
                return;
            }
            try {
                changeAtRandom(collected, turned, totals, told, each, seed);
            } finally {
                busy.decrementAndGet();
            }
        });
        assertThat(totals)
                .as("seed %s", seed)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, threads * each).boxed().toList());
        while (collected.waiting(0) > 0) {
            tryToMove(collected);
        }
        assertThat(behind.count(character)).contains(new LikeCount(threads * each));
        long liked = told.values().stream().filter(is -> is).count();
        assertThat(behind.count(turned)).as("seed %s", seed).contains(new LikeCount(liked));
        told.forEach((relation, is) -> assertThat(behind.status(relation, turned.name()))
                .as("seed %s", seed)
                .contains(status(is, liked)));
    }

    private void changeAtRandom(
            CollectedLikes collected,
            GameCharacter turned,
            Queue<Long> totals,
            Map<RelationKey, Boolean> told,
            int each,
            long seed) {
        List<RelationKey> own =
                Stream.generate(() -> Fresh.relationTo(turned)).limit(5).toList();
        for (int i = 0; i < each; i++) {
            totals.add(collected
                    .apply(Fresh.relationTo(character), character.name(), LikeIntent.LIKE)
                    .orElseThrow()
                    .status()
                    .likeCount()
                    .value());
            RelationKey relation = own.get(i % own.size());
            boolean liked = collected
                    .apply(relation, turned.name(), LikeIntent.TOGGLE)
                    .orElseThrow()
                    .status()
                    .liked();
            assertThat(liked).as("seed %s", seed).isNotEqualTo(told.getOrDefault(relation, false));
            told.put(relation, liked);
        }
    }

    private static void tryToMove(CollectedLikes collected) {
        try {
            collected.move(0);
        } catch (BufferUnavailableException again) {
            // the next move states it once more
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
