package maple.like.application.likes;

import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.TOGGLE;
import static maple.like.domain.LikeIntent.UNLIKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import maple.like.application.Decider;
import maple.like.application.KeyUse;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.Workers;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import maple.like.domain.LikeStatus;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class WriteBehindLikeToggleTest {
    private static final LikePartitions PARTITIONS = new LikePartitions(1);

    @AutoClose("shutdownNow")
    private final ExecutorService forwarders = Executors.newFixedThreadPool(3);

    private final InMemoryLedger database = new InMemoryLedger(PARTITIONS);
    private final ModelLikes behind = new ModelLikes(PARTITIONS, database);
    private final WriteBehindLikeToggle likes = before(behind, 1_000);
    private final GameCharacter character = Fresh.character();
    private final AccountId account = Fresh.account();

    WriteBehindLikeToggleTest() {
        database.register(character);
    }

    private WriteBehindLikeToggle before(LikeToggle toggle, int maxPending) {
        return new WriteBehindLikeToggle(PARTITIONS, toggle, () -> {}, forwarders, maxPending);
    }

    private static LikeStatus change(LikeToggle toggle, AccountId by, GameCharacter of, LikeIntent intent) {
        return toggle.apply(by, of, intent).orElseThrow().status();
    }

    private LikeStatus apply(LikeIntent intent) {
        return change(likes, account, character, intent);
    }

    private static LikeStatus status(boolean liked, long count) {
        return new LikeStatus(liked, new LikeCount(count));
    }

    /** The store behind, with changes made in another way. */
    private LikeToggle behindWith(Change change) {
        return new LikeToggle() {
            @Override
            public Optional<Outcome> apply(AccountId by, GameCharacter of, LikeIntent intent, KeyUse use) {
                return use == null ? change.make(by, of, intent) : behind.apply(by, of, intent, use);
            }

            @Override
            public Map<Relation, LikeStatus> statuses(Collection<Relation> relations) {
                return behind.statuses(relations);
            }

            @Override
            public Map<GameCharacter, LikeCount> counts(Collection<GameCharacter> characters) {
                return behind.counts(characters);
            }
        };
    }

    private interface Change {
        Optional<LikeToggle.Outcome> make(AccountId account, GameCharacter character, LikeIntent intent);
    }

    @Test
    void theStoreBehindGetsAChangeWhenItIsForwardedAndNotBefore() throws InterruptedException {
        assertThat(apply(TOGGLE)).isEqualTo(status(true, 1));
        assertThat(behind.count(character)).contains(LikeCount.ZERO);
        assertThat(likes.count(character)).contains(new LikeCount(1));
        behind.setAvailable(false);
        assertThatExceptionOfType(PrimaryUnavailableException.class).isThrownBy(() -> likes.forward(0));
        assertThat(likes.backlog(0)).isEqualTo(1);
        behind.setAvailable(true);
        likes.forward(0);
        assertThat(behind.status(account, character)).contains(status(true, 1));
        assertThat(likes.backlog(0)).isZero();
        assertThat(apply(TOGGLE)).isEqualTo(status(false, 0));
    }

    @Test
    void aRelationWithAPendingChangeIsNotReadBehind() {
        apply(LIKE);
        behind.setAvailable(false);
        assertThat(apply(TOGGLE)).isEqualTo(status(false, 0));
        assertThat(likes.status(account, character)).contains(status(false, 0));
        assertThatExceptionOfType(PrimaryUnavailableException.class)
                .isThrownBy(() -> likes.apply(Fresh.account(), character, LIKE));
    }

    @Test
    void manyAreReadHereOrBehind() {
        GameCharacter unchanged = Fresh.character();
        database.register(unchanged);
        change(behind, account, unchanged, LIKE);
        apply(LIKE);
        List<LikeToggle.Relation> relations = Stream.of(character, unchanged, Fresh.character())
                .map(each -> new LikeToggle.Relation(account, each))
                .toList();
        assertThat(likes.statuses(relations))
                .isEqualTo(Map.of(relations.get(0), status(true, 1), relations.get(1), status(true, 1)));
        assertThat(likes.counts(List.of(character, unchanged)))
                .isEqualTo(Map.of(character, new LikeCount(1), unchanged, new LikeCount(1)));
    }

    @Test
    void anOutcomeThatChangesWhileItIsForwardedStaysPending() throws InterruptedException {
        AtomicReference<WriteBehindLikeToggle> self = new AtomicReference<>();
        WriteBehindLikeToggle changing = before(
                behindWith((by, of, intent) -> {
                    Optional<LikeToggle.Outcome> outcome = behind.apply(by, of, intent);
                    Optional.ofNullable(self.getAndSet(null)).ifPresent(it -> it.apply(by, of, UNLIKE));
                    return outcome;
                }),
                10);
        self.set(changing);
        changing.apply(account, character, LIKE);
        changing.forward(0);
        assertThat(changing.backlog(0)).isEqualTo(1);
        assertThat(changing.count(character)).contains(LikeCount.ZERO);
        changing.forward(0);
        assertThat(behind.status(account, character)).contains(status(false, 0));
    }

    @Test
    void changesBeyondTheBoundAreRefused() {
        WriteBehindLikeToggle small = before(behind, 1);
        small.apply(account, character, LIKE);
        small.apply(account, character, UNLIKE);
        assertThatExceptionOfType(PrimaryUnavailableException.class)
                .isThrownBy(() -> small.apply(Fresh.account(), character, LIKE))
                .matches(refused -> !refused.wasSent());
        assertThat(small.backlog(0)).isEqualTo(1);
    }

    @Test
    void aCharacterThatDoesNotExistIsNotLikedAndAChangeOfOneThatCeasedToExistIsDropped() throws InterruptedException {
        assertThat(likes.apply(account, Fresh.character(), LIKE)).isEmpty();
        assertThat(likes.count(Fresh.character())).isEmpty();
        assertThat(likes.backlog(0)).isZero();
        WriteBehindLikeToggle dropping = before(behindWith((by, of, intent) -> Optional.empty()), 10);
        dropping.apply(account, character, LIKE);
        assertThat(dropping.forward(0)).isEqualTo(1);
        assertThat(dropping.backlog(0)).isZero();
    }

    @Test
    void everyAnswerIsExactWhileChangesAreForwardedToAnUnreliableStore() {
        long seed = Long.getLong("memory.seed", new Random().nextLong());
        Random random = new Random(seed);
        WriteBehindLikeToggle unreliable = before(
                behindWith((by, of, intent) -> {
                    int fate = random.nextInt(10);
                    if (fate == 0) {
                        throw PrimaryUnavailableException.notSent("not made", null);
                    }
                    Optional<LikeToggle.Outcome> outcome = behind.apply(by, of, intent);
                    if (fate == 1) {
                        throw new PrimaryUnavailableException("made, and the answer is lost", null);
                    }
                    return outcome;
                }),
                10_000);
        int threads = 4;
        int each = 500;
        GameCharacter toggled = Fresh.character();
        database.register(toggled);
        Queue<Long> totals = new ConcurrentLinkedQueue<>();
        Map<AccountId, Boolean> expected = new ConcurrentHashMap<>();
        AtomicInteger busy = new AtomicInteger(threads);
        Workers.together(threads + 1, thread -> {
            if (thread == threads) {
                while (busy.get() > 0 || unreliable.backlog(0) > 0) {
                    tryToForward(unreliable);
                }
                return;
            }
            List<AccountId> own = Stream.generate(Fresh::account).limit(5).toList();
            try {
                for (int i = 0; i < each; i++) {
                    totals.add(change(unreliable, Fresh.account(), character, LIKE)
                            .likeCount()
                            .value());
                    AccountId toggling = own.get(i % own.size());
                    boolean liked =
                            change(unreliable, toggling, toggled, TOGGLE).liked();
                    assertThat(liked).as("seed %s", seed).isNotEqualTo(expected.getOrDefault(toggling, false));
                    expected.put(toggling, liked);
                }
            } finally {
                busy.decrementAndGet();
            }
        });
        assertThat(totals)
                .as("seed %s", seed)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, threads * each).boxed().toList());
        assertThat(behind.count(character)).contains(new LikeCount(threads * each));
        long liked = expected.values().stream().filter(is -> is).count();
        expected.forEach((by, is) ->
                assertThat(behind.status(by, toggled)).as("seed %s", seed).contains(status(is, liked)));
    }

    private static void tryToForward(WriteBehindLikeToggle likes) throws InterruptedException {
        try {
            likes.forward(0);
        } catch (PrimaryUnavailableException again) {
            // stays pending
        }
    }

    @Test
    void aChangeWithAKeyIsMadeBehindAndOutlivesTheProcess() {
        KeyUse use = Fresh.key();
        apply(LIKE);
        change(likes, Fresh.account(), character, LIKE);
        LikeToggle.Outcome outcome =
                likes.apply(account, character, TOGGLE, use).orElseThrow();
        assertThat(outcome.status()).isEqualTo(status(false, 1));
        assertThat(behind.status(account, character)).contains(status(false, 0));
        LikeToggle restarted = before(behind, 1_000);
        assertThat(restarted.apply(account, character, TOGGLE, use).orElseThrow())
                .isEqualTo(LikeToggle.Outcome.repeated(false, LikeCount.ZERO, 0, Decider.PRIMARY));
        assertThat(likes.count(character)).contains(new LikeCount(1));
    }

    @Test
    void aCharacterIsNotAnsweredForWhileAChangeWithAKeyHasNoAnswer() throws InterruptedException {
        change(likes, Fresh.account(), character, LIKE);
        behind.setAvailable(false);
        KeyUse use = Fresh.key();
        assertThatExceptionOfType(PrimaryUnavailableException.class)
                .isThrownBy(() -> likes.apply(account, character, TOGGLE, use));
        behind.setAvailable(true);
        assertThatExceptionOfType(PrimaryUnavailableException.class).isThrownBy(() -> likes.count(character));
        likes.forward(0);
        assertThat(likes.apply(account, character, TOGGLE, use).orElseThrow().status())
                .isEqualTo(status(true, 2));
    }
}
