package maple.like.adapter.redis;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.sync.RedisCommands;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import maple.like.application.LikePartitions;
import maple.like.application.LikesUnavailableException;
import maple.like.application.memory.InMemoryLedger;
import maple.like.application.memory.ModelLikes;
import maple.like.application.memory.ModelLikes.Contents;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;

/** Redis and its model, both empty and in front of the same store. Whatever is asked, both are, and must agree. */
final class Twins {
    static final int CHARACTERS = 4;
    static final int ACCOUNTS = 4;

    private static final long TTL = 60_000;

    private static final List<GameCharacter> EVERYBODY = IntStream.range(0, CHARACTERS)
            .mapToObj(i -> new GameCharacter(new Ocid("ocid-" + i), new CharacterName("character-" + i)))
            .toList();

    final LikePartitions partitions;
    final InMemoryLedger store;
    private final OldAnswers answers;
    private final List<Contents> saved = new ArrayList<>();
    private final Map<String, byte[]> dumps = new HashMap<>();
    private final ModelLikes model;
    private final RedisCommands<String, String> redis;
    private final Side ofRedis;
    private final Side ofModel;

    Twins(TestRedis server, LikePartitions partitions) {
        this.partitions = partitions;
        this.store = new InMemoryLedger(partitions);
        EVERYBODY.forEach(store::register);
        this.answers = new OldAnswers();
        this.model = new ModelLikes(partitions, answers);
        this.redis = server.commands();
        RedisPorts ports = new RedisPorts(server.asyncCommands(), partitions);
        this.ofRedis = new Side(ports.likeToggle(answers), ports.likeReader(answers), ports.pendingLikes());
        this.ofModel = new Side(model, model, model);
        lose();
    }

    /** One of the two. */
    record Side(LikeToggle toggle, LikeReader reader, PendingLikes pending) {}

    static GameCharacter character(int number) {
        return EVERYBODY.get(number);
    }

    static RelationKey relation(int account, int character) {
        return new RelationKey(
                new AccountId("account-" + account), character(character).ocid());
    }

    /** What both answer, or empty where both could not. */
    <T> Optional<T> ask(Function<Side, T> question) {
        return ask(0, question);
    }

    /**
     * As {@link #ask(Function)}.
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
        } catch (LikesUnavailableException e) {
            return new Answer<>(Optional.empty(), e.getClass().getSimpleName());
        }
    }

    private record Answer<T>(Optional<T> given, String failure) {}

    /** Redis picks the members of a batch at random, and the model follows. */
    void claimTheSame(Optional<LikeBatch> batch) {
        model.preferToClaim(batch.map(claimed -> claimed.entries().keySet()).orElse(Set.of()));
    }

    /** To be called whenever the store was changed. */
    void storeChanged() {
        answers.remember();
    }

    void forgetTotals() {
        redis.keys("*:count:*").forEach(redis::del);
        model.forgetTotals();
    }

    void lose() {
        redis.flushall();
        model.lose();
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
        lose();
        IntStream.range(0, saved.size()).forEach(partition -> model.goBack(partition, saved.get(partition)));
        dumps.forEach((key, dump) -> redis.restore(key, key.contains(":count:") ? TTL : 0, dump));
    }

    void compareContents() {
        partitions
                .all()
                .forEach(partition -> assertThat(contents(LikeKeys.of(partition, partitions)))
                        .as("what Redis holds of partition %s", partition)
                        .isEqualTo(model.contents(partition)));
    }

    private Contents contents(LikeKeys keys) {
        return new Contents(
                relations(keys.relations),
                relations(keys.pending),
                relations(keys.unliked),
                redis.hgetall(keys.buffer).entrySet().stream()
                        .collect(toMap(
                                entry -> new CharacterName(entry.getKey()), entry -> Long.valueOf(entry.getValue()))),
                totals(keys),
                batch(keys),
                number(keys.generation),
                redis.exists(keys.complete) > 0,
                number(keys.warmup).orElse(0),
                Long.parseLong(redis.hmget(keys.batch, "journal").get(0).getValueOrElse("0")));
    }

    private Set<RelationKey> relations(String key) {
        return redis.smembers(key).stream().map(RelationKey::parse).collect(toSet());
    }

    private Map<CharacterName, Long> totals(LikeKeys keys) {
        Map<CharacterName, Long> totals = new HashMap<>();
        for (GameCharacter character : EVERYBODY) {
            String key = keys.count(character.name());
            number(key).ifPresent(total -> {
                totals.put(character.name(), total);
                assertThat(redis.ttl(key)).as("seconds until %s expires", key).isPositive();
            });
        }
        return totals;
    }

    private Optional<LikeBatch> batch(LikeKeys keys) {
        Map<String, String> batch = redis.hgetall(keys.batch);
        String number = batch.remove("number");
        batch.remove("journal");
        assertThat(number == null && !batch.isEmpty())
                .as("batch without a number")
                .isFalse();
        return Optional.ofNullable(number)
                .map(n -> new LikeBatch(
                        Long.parseLong(n),
                        batch.entrySet().stream()
                                .collect(toMap(
                                        entry -> RelationKey.parse(entry.getKey()),
                                        entry -> entry.getValue().equals("1")))));
    }

    private OptionalLong number(String key) {
        String value = redis.get(key);
        return value == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(value));
    }

    /** What the store holds, or once what it held a while ago. */
    private final class OldAnswers implements LikeCountStore {
        private final List<Map<RelationKey, StoredLike>> history = new ArrayList<>();
        private int nextIsOfAge;

        OldAnswers() {
            remember();
        }

        void remember() {
            history.add(
                    0,
                    IntStream.range(0, ACCOUNTS * CHARACTERS)
                            .mapToObj(i -> relation(i / CHARACTERS, i % CHARACTERS))
                            .collect(
                                    toMap(each -> each, each -> store.like(each).orElseThrow())));
        }

        @Override
        public Optional<StoredCount> count(Ocid target) {
            return like(new RelationKey(relation(0, 0).account(), target)).map(StoredLike::count);
        }

        @Override
        public Optional<StoredLike> like(RelationKey relation) {
            int age = Math.min(nextIsOfAge, history.size() - 1);
            nextIsOfAge = 0;
            return Optional.ofNullable(history.get(age).get(relation));
        }
    }
}
