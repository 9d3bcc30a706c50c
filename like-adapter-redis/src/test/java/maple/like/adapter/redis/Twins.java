package maple.like.adapter.redis;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import maple.like.application.IdempotencyKeyReusedException;
import maple.like.application.JournalMark;
import maple.like.application.KeptAnswer;
import maple.like.application.KeyUse;
import maple.like.application.LikesUnavailableException;
import maple.like.application.RelationChanges;
import maple.like.application.likes.InMemoryLedger;
import maple.like.application.likes.ModelLikes;
import maple.like.application.likes.ModelLikes.Contents;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.IdempotencyKey;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeKeys;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;

/** Redis and its model, both empty and in front of the same database. Every question goes to both, which must agree. */
final class Twins {
    static final List<AccountId> ACCOUNTS =
            IntStream.range(0, 4).mapToObj(i -> new AccountId("account-" + i)).toList();
    static final List<GameCharacter> CHARACTERS = IntStream.range(0, 4)
            .mapToObj(i -> new GameCharacter(new Ocid("ocid-" + i), new CharacterName("character-" + i)))
            .toList();
    private static final Instant NOW = Instant.EPOCH.plus(Duration.ofDays(1));
    private static final long TTL = 60_000;

    final LikePartitions partitions;
    final InMemoryLedger store;
    private final EarlierAnswers answers;
    private final List<Contents> saved = new ArrayList<>();
    private final Map<String, byte[]> dumps = new HashMap<>();
    private final ModelLikes model;
    private final RedisCommands<String, String> redis;
    private final Side ofRedis;
    private final Side ofModel;

    Twins(TestRedis server, LikePartitions partitions) {
        this.partitions = partitions;
        this.store = new InMemoryLedger(partitions);
        CHARACTERS.forEach(store::register);
        this.answers = new EarlierAnswers();
        this.model = new ModelLikes(partitions, answers);
        this.redis = server.commands();
        RedisPorts ports =
                new RedisPorts(server.connection(), server.connection().async(), partitions);
        this.ofRedis = new Side(ports.likeToggle(answers), ports.pendingLikes());
        this.ofModel = new Side(model, model);
        storeChanged();
        empty();
    }

    /** One of the two. */
    record Side(LikeToggle likes, PendingLikes pending) {}

    /**
     * What both answer, or empty where both could not.
     *
     * @param age how many changes of the store ago it was asked first, by a process that was stalled since
     */
    <T> Optional<T> ask(int age, Function<Side, T> question) {
        Answer<T> answer = answer(ofRedis, age, question);
        assertThat(answer).as("what Redis answers").isEqualTo(answer(ofModel, age, question));
        return answer.given();
    }

    private <T> Answer<T> answer(Side side, int age, Function<Side, T> question) {
        answers.nextIsOfAge = age;
        try {
            return new Answer<>(Optional.of(question.apply(side)), "");
        } catch (LikesUnavailableException | IdempotencyKeyReusedException e) {
            return new Answer<>(Optional.empty(), e.getClass().getSimpleName());
        }
    }

    private record Answer<T>(Optional<T> given, String failure) {}

    /** Redis picks the members of a batch at random, and the model follows. */
    void claimTheSame(Optional<LikeBatch> batch) {
        model.preferToClaim(
                Set.copyOf(batch.map(claimed -> claimed.changes().relations()).orElse(List.of())));
    }

    /** To be called whenever the store was changed. */
    void storeChanged() {
        answers.remember();
    }

    void expireTotals() {
        redis.keys("*:count:*").forEach(redis::del);
        model.expireTotals();
    }

    void empty() {
        redis.flushall();
        model.empty();
    }

    /** What is in both now, to go back to. */
    void save() {
        saved.clear();
        partitions.all().forEach(partition -> saved.add(model.contents(partition)));
        dumps.clear();
        redis.keys("*").forEach(key -> dumps.put(key, redis.dump(key)));
    }

    /** Forgets what was since {@link #save}, as a Redis does that lost the end of its file. */
    void goBack() {
        empty();
        IntStream.range(0, saved.size()).forEach(partition -> model.goBack(partition, saved.get(partition)));
        dumps.forEach((key, dump) -> redis.restore(key, key.contains(":count:") || key.contains(" ") ? TTL : 0, dump));
    }

    void compareContents() {
        partitions
                .all()
                .forEach(partition -> assertThat(contents(partitions.keys(partition)))
                        .as("what Redis holds of partition %s", partition)
                        .isEqualTo(model.contents(partition)));
    }

    private Contents contents(LikeKeys keys) {
        Map<GameCharacter, Long> buffer = new HashMap<>();
        Map<Ocid, LikeCount> totals = new HashMap<>();
        for (GameCharacter character : CHARACTERS) {
            String delta = redis.hget(keys.buffer(), character.name().value());
            if (delta != null && !delta.equals("0")) { // Redis drops a 0 when a batch is finished
                buffer.put(character, Long.valueOf(delta));
            }
            String key = keys.count(character.name());
            String total = redis.get(key);
            if (total != null) {
                totals.put(character.ocid(), new LikeCount(Long.parseLong(total)));
                assertThat(redis.ttl(key)).as("seconds until %s expires", key).isPositive();
            }
        }
        String generation = redis.get(keys.generation());
        String cursor = redis.get(keys.warmup());
        String journal = redis.hget(keys.batch(), "journal");
        String token = redis.hget(keys.batch(), "token");
        return new Contents(
                relations(keys.relations()),
                relations(keys.pending()),
                relations(keys.unliked()),
                buffer,
                totals,
                batch(keys),
                token == null ? 0 : Long.parseLong(token),
                journal == null ? 0 : Long.parseLong(journal),
                applied(keys),
                generation == null ? null : Long.valueOf(generation),
                redis.exists(keys.complete()) > 0,
                cursor == null ? LikeLedger.START : cursor,
                answers(keys),
                unstoredAnswers(keys),
                answersLost(keys));
    }

    private Instant answersLost(LikeKeys keys) {
        String lost = redis.hget(keys.journal(), "answers_lost");
        return lost == null ? null : lost.equals("0") ? Instant.MAX : Instant.ofEpochMilli(Long.parseLong(lost));
    }

    private Set<KeptAnswer> answers(LikeKeys keys) {
        Set<KeptAnswer> answers = new HashSet<>();
        String prefix = keys.unstoredAnswers() + ":";
        for (String name : redis.keys(prefix + "*")) {
            String answer = redis.get(name);
            assertThat(redis.ttl(name)).as("seconds until %s expires", name).isPositive();
            if (!answer.startsWith("-")) {
                String[] used = name.substring(prefix.length()).split(" ");
                RelationKey relation = new RelationKey(new AccountId(used[0]), new Ocid(answer.substring(2)));
                answers.add(KeptAnswer.of(relation, answer.startsWith("1"), use(new IdempotencyKey(used[1]))));
            }
        }
        return answers;
    }

    /** Some keys are used so late after a loss that the database holds no answer any more that Redis lacks. */
    static KeyUse use(IdempotencyKey key) {
        boolean late = key.value().hashCode() % 2 == 0;
        Instant now = late ? NOW.plus(Duration.ofMinutes(59)) : NOW;
        return new KeyUse(key, now, Duration.ofMinutes(late ? 30 : 60));
    }

    private Set<KeptAnswer> unstoredAnswers(LikeKeys keys) {
        return redis.hgetall(keys.unstoredAnswers()).entrySet().stream()
                .flatMap(field -> field.getValue().lines().map(line -> field.getKey() + " " + line))
                .flatMap(line -> ScriptReply.answers(line).stream())
                .collect(toSet());
    }

    private JournalMark applied(LikeKeys keys) {
        Map<String, String> mark = redis.hgetall(keys.journal());
        return !mark.containsKey("number")
                ? JournalMark.NONE
                : new JournalMark(
                        Long.parseLong(mark.get("number")),
                        Instant.EPOCH.plus(Long.parseLong(mark.get("decided_at")), ChronoUnit.MICROS));
    }

    private Set<RelationKey> relations(String key) {
        return redis.smembers(key).stream().map(RelationKey::parse).collect(toSet());
    }

    private LikeBatch batch(LikeKeys keys) {
        Map<String, String> batch = redis.hgetall(keys.batch());
        String number = batch.remove("number");
        batch.remove("journal");
        batch.remove("token");
        String claimed = batch.remove("answers");
        if (number == null) {
            assertThat(batch).as("batch without a number").isEmpty();
            return null;
        }
        Map<RelationKey, Boolean> changes = new HashMap<>();
        batch.forEach((relation, change) -> changes.put(RelationKey.parse(relation), change.equals("1")));
        return new LikeBatch(
                Long.parseLong(number),
                RelationChanges.of(changes),
                claimed == null ? Set.of() : ScriptReply.answers(claimed));
    }

    /** What the store holds, or once what it held a while ago. */
    private final class EarlierAnswers implements LikeCountStore {
        private final List<Map<RelationKey, StoredLike>> history = new ArrayList<>();
        private int nextIsOfAge;

        void remember() {
            history.add(
                    0,
                    ACCOUNTS.stream()
                            .flatMap(account -> CHARACTERS.stream().map(each -> new RelationKey(account, each.ocid())))
                            .collect(
                                    toMap(each -> each, each -> store.like(each).orElseThrow())));
        }

        @Override
        public Map<Ocid, StoredCount> counts(Collection<Ocid> targets) {
            Map<Ocid, StoredCount> counts = new HashMap<>();
            likes(targets.stream()
                            .map(target -> new RelationKey(ACCOUNTS.get(0), target))
                            .toList())
                    .forEach((relation, like) -> counts.put(relation.target(), like.count()));
            return counts;
        }

        @Override
        public Optional<KeptAnswer> answer(AccountId account, KeyUse use) {
            return store.answer(account, use);
        }

        @Override
        public Map<RelationKey, StoredLike> likes(Collection<RelationKey> relations) {
            Map<RelationKey, StoredLike> likes = new HashMap<>(history.get(Math.min(nextIsOfAge, history.size() - 1)));
            nextIsOfAge = 0;
            likes.keySet().retainAll(relations);
            return likes;
        }
    }
}
