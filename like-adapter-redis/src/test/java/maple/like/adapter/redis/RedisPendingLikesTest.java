package maple.like.adapter.redis;

import static maple.like.domain.LikeIntent.TOGGLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.lettuce.core.KillArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import maple.like.application.PartitionState;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.RelationChanges;
import maple.like.application.likes.InMemoryLedger;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.LikeLedger.Rows;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.port.out.PendingLikes.Claim;
import maple.like.application.port.out.PendingLikes.Reconciliation;
import maple.like.application.service.LikeUseCases;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys of a flush, spelled out; also as version 0.1.0 left them. */
class RedisPendingLikesTest {
    private static final AccountId ACCOUNT = new AccountId("acc123");
    private static final GameCharacter CHARACTER =
            new GameCharacter(new Ocid("char456"), new CharacterName("MapleStory"));
    private static final RelationKey RELATION = new RelationKey(ACCOUNT, CHARACTER.ocid());

    /** Of what a version before tokens stored. */
    private static final long WITHOUT_TOKEN = 0;

    @AutoClose
    private static TestRedis server;

    private final InMemoryLedger database = new InMemoryLedger();

    @AutoClose
    private RedisAdapter adapter;

    private LikeToggle likes;
    private PendingLikes pending;
    private RedisCommands<String, String> redis;

    @BeforeAll
    static void start() {
        server = TestRedis.started();
    }

    @BeforeEach
    void connect() {
        redis = server.commands();
        redis.flushall();
        adapter = TestRedis.adapter(server.uri().toString(), new LikePartitions(1), Duration.ofSeconds(5));
        database.register(CHARACTER);
        likes = adapter.likeToggle(database);
        pending = adapter.pendingLikes();
        database.reconcile(pending);
    }

    private void toggle() {
        assertThat(likes.apply(ACCOUNT, CHARACTER, TOGGLE)).isPresent();
    }

    private Reconciliation reconcile() {
        return database.awaitPartition(0, locked -> pending.reconcile(0, locked));
    }

    private Claim claim() {
        reconcile();
        return database.awaitPartition(0, this::claim);
    }

    private Claim claim(LockedPartition locked) {
        return pending.claim(0, locked.row().generation(), locked.token(), 100);
    }

    /** Commits the claimed batch. */
    private Map<GameCharacter, Long> store() {
        return database.awaitPartition(
                        0, locked -> locked.rows().store(claim(locked).batch().orElseThrow()))
                .countChanges();
    }

    private void finish() {
        Map<GameCharacter, Long> changes = store();
        pending.finish(0, 1, database.awaitPartition(0, LockedPartition::row).token(), changes);
    }

    private Map<String, String> batchWithoutToken() {
        Map<String, String> batch = redis.hgetall("{likes}:batch");
        assertThat(batch.remove("token")).isNotNull();
        return batch;
    }

    private long count() {
        redis.del("{likes}:count:MapleStory");
        return likes.count(CHARACTER).orElseThrow().value();
    }

    /** Likes of other accounts than {@link #ACCOUNT}, of which the database holds the first. */
    private void behindWith(int likes) {
        database.awaitPartition(
                0, locked -> locked.rows().store(new LikeBatch(1, new RelationChanges(Set.of(relation(0)), Set.of()))));
        redis.set("{likes}:generation", "0");
        List<String> members =
                IntStream.range(0, likes).mapToObj(i -> relation(i).value()).toList();
        redis.sadd("{likes}:relations", members.toArray(String[]::new));
        redis.sadd("{likes}:relations:pending", members.toArray(String[]::new));
        redis.sadd("{likes}:relations", "lost:char456");
        redis.set("{likes}:count:MapleStory", "99");
    }

    private static RelationKey relation(int number) {
        return new RelationKey(new AccountId("acc" + number), CHARACTER.ocid());
    }

    private void assertRebuiltWith(int likes) {
        assertThat(redis.scard("{likes}:relations")).isEqualTo(likes);
        assertThat(redis.scard("{likes}:relations:pending")).isEqualTo(likes);
        assertThat(redis.hgetall("{likes}:buffer")).isEqualTo(Map.of("MapleStory", Integer.toString(likes - 1)));
        assertThat(redis.exists("{likes}:closed", "{likes}:batch")).isZero();
        assertThat(count()).isEqualTo(likes);
    }

    @Test
    void aRebuildHandlesABoundedNumberOfRelationsInEachCall() {
        behindWith(20_000);
        long gathered = server.calls("spop");
        long compared = server.calls("hscan");
        int parts = 1;
        while (reconcile() == Reconciliation.UNFINISHED) {
            parts++;
        }
        assertThat(parts).as("each releases the lock").isBetween(3, 8);
        assertThat(server.calls("spop") - gathered).as("1,000 at a time").isGreaterThanOrEqualTo(20);
        assertThat(server.calls("hscan") - compared).as("about 1,000 at a time").isBetween(15L, 40L);
        assertRebuiltWith(20_000);
    }

    @Test
    void aClaimTakesABoundedNumberOfRelationsInEachCallAndIsGivenAgainWhole() {
        redis.sadd(
                "{likes}:relations:pending",
                IntStream.range(0, 2_500).mapToObj(i -> relation(i).value()).toArray(String[]::new));
        reconcile();
        long calls = server.calls("spop");
        Claim claim = database.awaitPartition(0, locked -> pending.claim(0, 0, locked.token(), 2_200));
        assertThat(server.calls("spop") - calls).as("250 at a time").isEqualTo(9);
        assertThat(claim.batch().orElseThrow().changes().size()).isEqualTo(2_200);
        assertThat(claim.backlog()).isEqualTo(300);
        assertThat(claim().batch().map(LikeBatch::changes))
                .contains(claim.batch().orElseThrow().changes());
    }

    @Test
    void whatAClaimHasIsNeitherTakenAgainNorLostWithAReply() {
        String[] members = {
            relation(0).value(), relation(1).value(), relation(2).value()
        };
        redis.sadd("{likes}:relations:pending", members[0], members[1]);
        reconcile();
        assertThat(claimMore(0).get(1)).asInstanceOf(LIST).containsOnly(members[0], members[1]);
        redis.sadd("{likes}:relations:unliked", members[0]); // it changed again
        redis.sadd("{likes}:relations:pending", members[2]);
        assertThat(claimMore(2).subList(1, 3)).isEqualTo(List.of(List.of(members[2]), List.of()));
        assertThat(redis.smembers("{likes}:relations:unliked")).containsOnly(members[0]);
        assertThat(claimMore(2).get(1))
                .as("that reply was lost")
                .asInstanceOf(LIST)
                .containsOnly(members);
    }

    private List<Object> claimMore(int had) {
        return LuaScript.named("claim")
                .run(
                        redis.getStatefulConnection().async(),
                        new ScriptKeys(new LikePartitions(1).keys(0)).all(),
                        new String[] {"0", "1", "1000", "{likes}:count:", Integer.toString(had)})
                .toCompletableFuture()
                .join()
                .values();
    }

    @Test
    void aRequestDoesAPartOfALargeRebuildAndFailsAndTheFlushFinishesIt() {
        behindWith(20_000);
        LikeToggle requests = database.failover(likes, pending);
        assertThatExceptionOfType(PrimaryUnavailableException.class)
                .isThrownBy(() -> requests.apply(ACCOUNT, CHARACTER, LikeIntent.LIKE))
                .withMessageContaining("being rebuilt")
                .matches(failure -> !failure.wasSent());
        assertThatExceptionOfType(PrimaryUnavailableException.class)
                .isThrownBy(() -> requests.status(ACCOUNT, CHARACTER));
        assertThat(redis.hexists("{likes}:closed", "rebuild")).isTrue();
        assertThat(database.awaitPartition(0, LockedPartition::row).state()).isEqualTo(PartitionState.REBUILDING);

        SyncLikes flush = LikeUseCases.syncLikes(database, pending, database, 10, 10);
        boolean more = true;
        while (redis.exists("{likes}:closed") > 0) {
            assertThat(more).as("more follows at once").isTrue();
            more = flush.sync(0).more();
        }
        assertThat(requests.apply(ACCOUNT, CHARACTER, LikeIntent.UNLIKE)
                        .orElseThrow()
                        .status())
                .isEqualTo(new LikeStatus(false, new LikeCount(19_999)));
    }

    /** What the interceptor returns for the name of a method, or else what the target does. */
    private static <T> T intercepted(Class<T> type, T target, Function<String, Object> interceptor) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    Object given = interceptor.apply(method.getName());
                    return given == null ? method.invoke(target, arguments) : given;
                }));
    }

    /** Reconciles, and dies in the comparison after these. */
    private void dieAfter(int comparisons) {
        AtomicInteger left = new AtomicInteger(comparisons);
        assertThatIllegalStateException()
                .isThrownBy(() -> database.awaitPartition(0, locked -> {
                    Rows rows = intercepted(Rows.class, locked.rows(), method -> {
                        if (left.getAndDecrement() == 0) {
                            throw new IllegalStateException("The instance dies");
                        }
                        return null;
                    });
                    return pending.reconcile(
                            0,
                            intercepted(LockedPartition.class, locked, method -> method.equals("rows") ? rows : null));
                }));
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, false", "2, false", "2, true"})
    void aRebuildWhoseOwnerDiesIsContinuedByTheNext(int comparisons, boolean audited) {
        behindWith(3_000);
        dieAfter(comparisons);
        if (audited) {
            database.awaitPartition(0, locked -> {
                locked.primary().invalidate();
                return true;
            });
        }
        assertThat(reconcile()).isEqualTo(Reconciliation.REBUILT);
        assertRebuiltWith(3_000);
    }

    /** Likes of other accounts than {@link #ACCOUNT}; the database lost all but the first, and an unlike. */
    private void aheadWith(int likes) {
        RelationKey unliked = new RelationKey(new AccountId("unliked"), CHARACTER.ocid());
        database.awaitPartition(
                0,
                locked -> locked.rows()
                        .store(new LikeBatch(1, new RelationChanges(Set.of(relation(0), unliked), Set.of()))));
        redis.set("{likes}:generation", "7");
        redis.set("{likes}:complete", "1");
        redis.sadd(
                "{likes}:relations",
                IntStream.range(0, likes).mapToObj(i -> relation(i).value()).toArray(String[]::new));
        redis.set("{likes}:count:MapleStory", "99");
    }

    private void assertRecoveredWith(int likes) {
        assertThat(redis.scard("{likes}:relations")).isEqualTo(likes);
        assertThat(redis.scard("{likes}:relations:pending")).isEqualTo(likes - 1);
        assertThat(redis.smembers("{likes}:relations:unliked")).containsExactly("unliked:char456");
        assertThat(redis.hgetall("{likes}:buffer")).isEqualTo(Map.of("MapleStory", Integer.toString(likes - 2)));
        assertThat(redis.exists("{likes}:closed", "{likes}:batch")).isZero();
        assertThat(redis.exists("{likes}:complete")).isOne();
        assertThat(count()).isEqualTo(likes);
    }

    @Test
    void aRecoveryHandlesABoundedNumberOfRelationsInEachCall() {
        aheadWith(20_000);
        long scanned = server.calls("sscan");
        assertThat(reconcile()).isEqualTo(Reconciliation.REBUILT);
        assertThat(server.calls("sscan") - scanned).as("about 1,000 at a time").isGreaterThanOrEqualTo(15);
        assertRecoveredWith(20_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void aRecoveryWhoseOwnerDiesBeginsAgain(int comparisons) {
        aheadWith(3_000);
        dieAfter(comparisons);
        assertThatExceptionOfType(PrimaryUnavailableException.class).isThrownBy(this::toggle);
        assertThat(reconcile()).isEqualTo(Reconciliation.REBUILT);
        assertRecoveredWith(3_000);
    }

    @Test
    void aRedisThatIsBeingRebuiltAnswersNothing() {
        behindWith(1);
        redis.hset("{likes}:closed", "rebuild", "0");
        assertThatExceptionOfType(PrimaryUnavailableException.class)
                .isThrownBy(() -> likes.status(ACCOUNT, CHARACTER))
                .havingCause()
                .withMessageContaining("CLOSED");
        assertThat(reconcile()).isEqualTo(Reconciliation.REBUILT);
        assertThat(likes.status(ACCOUNT, CHARACTER)).contains(new LikeStatus(false, new LikeCount(1)));
    }

    @Test
    void aPageOfAWarmUpIsCopiedInPartsWithoutWhatWasUnlikedMeanwhile() {
        List<RelationKey> rows =
                IntStream.range(0, 4_500).mapToObj(i -> relation(i)).toList();
        redis.hset("{likes}:batch", Map.of("number", "1", relation(1_500).value(), "-1"));
        redis.sadd(
                "{likes}:relations:unliked",
                relation(0).value(),
                relation(4_499).value());
        long calls = server.calls("evalsha");
        RelationPage page = new RelationPage(rows, "next", false);
        assertThat(pending.warmUp(0, 0, "", page)).isTrue();
        assertThat(server.calls("evalsha") - calls).isBetween(9L, 10L);
        assertThat(redis.scard("{likes}:relations")).isEqualTo(4_497);
        assertThat(redis.get("{likes}:warmup")).isEqualTo("next");
        assertThat(pending.warmUp(0, 0, "", page)).as("again").isFalse();
        assertThat(pending.warmUp(0, 0, "next", new RelationPage(List.of(), "end", true)))
                .isTrue();
        assertThat(redis.exists("{likes}:complete")).isOne();
    }

    @Test
    void aClaimedChangeIsInTheBatchUntilItIsFinished() {
        toggle();
        claim();
        assertThat(batchWithoutToken()).isEqualTo(Map.of("number", "1", "acc123:char456", "1"));
        assertThat(redis.smembers("{likes}:relations")).containsExactly("acc123:char456");
        assertThat(redis.exists("{likes}:relations:pending")).isZero();
        assertThat(redis.get("{likes}:generation")).isEqualTo("0");

        finish();
        assertThat(redis.exists("{likes}:batch", "{likes}:buffer")).isZero();
        assertThat(redis.get("{likes}:generation")).isEqualTo("1");
        toggle();
        claim();
        assertThat(batchWithoutToken()).isEqualTo(Map.of("number", "2", "acc123:char456", "-1"));
    }

    @Test
    void onlyTheTotalExpires() {
        toggle();
        claim();
        toggle();
        assertThat(redis.ttl("{likes}:count:MapleStory")).isBetween(1_795L, 1_800L);
        redis.keys("*").stream()
                .filter(key -> !key.startsWith("{likes}:count:"))
                .forEach(key -> assertThat(redis.ttl(key)).as(key).isEqualTo(-1));
    }

    @Test
    void aBufferedCountThatNoRelationAccountsForIsDriftAndDropped() {
        toggle();
        claim();
        finish();
        redis.hset("{likes}:buffer", "MapleStory", "3");
        assertThat(claim().drift()).isEqualTo(Map.of(CHARACTER.name(), 3L));
        assertThat(redis.exists("{likes}:buffer", "{likes}:count:MapleStory")).isZero();
    }

    @Test
    void theUnfinishedBatchOfAnOlderVersionIsStoredAndFinished() {
        redis.sadd("{likes}:relations", "acc123:char456");
        redis.hset("{likes}:batch", Map.of("number", "1", "acc123:char456", "1"));
        redis.hset("{likes}:buffer", "MapleStory", "1");
        redis.set("{likes}:generation", "0");
        LikeBatch batch = claim().batch().orElseThrow();
        assertThat(batch).isEqualTo(new LikeBatch(1, new RelationChanges(Set.of(RELATION), Set.of())));
        store();
        reconcile();
        assertThat(redis.exists("{likes}:batch", "{likes}:buffer")).isZero();
        assertThat(count()).isEqualTo(1);
    }

    /** It applied the journal and committed; the batch names no relations. */
    @Test
    void theUnfinishedJournalOfAnOlderVersionIsFinished() {
        database.awaitPartition(0, WITHOUT_TOKEN, locked -> {
            locked.moveTo(PartitionState.FAILED_OVER);
            locked.journal().decide(ACCOUNT, CHARACTER, LikeIntent.LIKE);
            locked.journal().acknowledge(1, locked.journal().entries(10));
            locked.moveTo(PartitionState.REPLAYING);
            locked.moveTo(PartitionState.ACTIVE);
            return true;
        });
        redis.sadd("{likes}:relations", "acc123:char456");
        redis.sadd("{likes}:relations:pending", "acc123:char456");
        redis.hset("{likes}:batch", Map.of("number", "1", "journal", "1"));
        redis.hset("{likes}:buffer", "MapleStory", "1");
        redis.set("{likes}:generation", "0");
        reconcile();
        assertThat(redis.exists("{likes}:batch", "{likes}:buffer")).isZero();
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void whatDoesNoHarmIfItRunsTwiceIsSentAgainWhereTheConnectionBreaks() {
        for (int i = 0; i < 5; i++) {
            redis.clientKill(KillArgs.Builder.typeNormal().skipme());
            assertThat(reconcile()).isEqualTo(Reconciliation.IN_STEP);
        }
    }
}
