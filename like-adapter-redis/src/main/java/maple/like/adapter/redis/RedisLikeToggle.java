package maple.like.adapter.redis;

import static java.util.Objects.requireNonNull;

import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import maple.like.adapter.redis.ToggleCalls.Question;
import maple.like.adapter.redis.ToggleCalls.Reply;
import maple.like.application.Decider;
import maple.like.application.IdempotencyKeyReusedException;
import maple.like.application.KeptAnswer;
import maple.like.application.KeyUse;
import maple.like.application.LikeUnconfirmedException;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.likes.RequestQueue;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeCountStore.StoredCount;
import maple.like.application.port.out.LikeCountStore.StoredLike;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes and reads likes by questions to {@code toggle.lua}, and others where those need what is stored. */
final class RedisLikeToggle implements LikeToggle {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLikeToggle.class);

    /** What was read is out of date only if a batch was finished just then; twice in a row is rare. */
    private static final int READS = 100;

    private static final int NOTES_PER_TIMEOUT = 4;

    private final RedisConnection[] redis;
    private final ScriptKeys[] keys;
    private final LikePartitions partitions;
    private final LikeCountStore store;
    private final RequestQueue<Question, Reply>[] queues;
    private final int replicas;
    private final Duration longestNote;
    private final Counter drift;

    /**
     * Asks nothing yet.
     *
     * @param redis by partition
     * @param keys by partition
     */
    RedisLikeToggle(
            RedisConnection[] redis,
            ScriptKeys[] keys,
            LikePartitions partitions,
            LikeCountStore store,
            RedisSettings settings,
            RequestQueue.Timer timer,
            LongSupplier nanoTime,
            Counter drift) {
        this.redis = redis;
        this.keys = keys;
        this.partitions = partitions;
        this.store = store;
        this.replicas = settings.replicas();
        this.longestNote = settings.replyTimeout().dividedBy(NOTES_PER_TIMEOUT);
        this.drift = drift;
        this.queues = queues(partitions.count());
        Arrays.setAll(
                queues,
                partition -> new RequestQueue<>(
                        new ToggleCalls(redis[partition], keys[partition], settings)::call,
                        ToggleCalls.LIMIT,
                        settings.replyTimeout(),
                        timer,
                        nanoTime,
                        (sent, cause) -> RedisConnection.failure(ToggleCalls.NAME, sent, cause)));
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static RequestQueue<Question, Reply>[] queues(int count) {
        return new RequestQueue[count];
    }

    @Override
    public Optional<Outcome> apply(
            AccountId account, GameCharacter character, LikeIntent intent, @Nullable KeyUse use) {
        Relation relation = new Relation(account, character);
        if (use == null) {
            Reply reply = askOnce(relation, Question.wanted(intent));
            return reply.answered()
                    ? outcome(reply)
                    : outcome(
                            askAbout(List.of(relation), Question.wanted(intent)).get(relation));
        }
        boolean noted = noteKey(account, character.ocid(), use);
        try {
            return applyOnce(relation, intent, use);
        } catch (IdempotencyKeyReusedException e) {
            if (noted) {
                eraseNote(account, use);
            }
            throw e;
        }
    }

    /** What most changes need: one question, about a relation and a total that Redis has. */
    private Reply askOnce(Relation relation, char wanted) {
        int partition = partitions.of(relation.character().ocid());
        Question question = new Question(relation.key(), relation.character().name(), wanted, null, null);
        redis[partition].awaitConnected();
        Reply reply = queues[partition].ask(question);
        requireValid(partition, question, reply);
        return reply;
    }

    private static Optional<Outcome> outcome(@Nullable Reply reply) {
        return Optional.ofNullable(reply)
                .map(made ->
                        new Outcome(made.status(), made.changed(), made.delta(), Decider.PRIMARY, made.repeated()));
    }

    private Optional<Outcome> applyOnce(Relation relation, LikeIntent intent, KeyUse use) {
        AtomicReference<@Nullable KeptAnswer> stored = new AtomicReference<>();
        Reply reply = ask(
                        List.of(relation),
                        Relation::character,
                        (each, like) -> question(each, intent, use, like, stored.get()),
                        Relation::key,
                        keys -> {
                            stored.set(store.answer(relation.account(), use).orElse(null));
                            return store.likes(keys);
                        })
                .get(relation);
        if (reply != null && reply.keyReused()) {
            throw new IdempotencyKeyReusedException();
        }
        KeptAnswer answer = stored.get();
        return answer == null
                ? outcome(reply)
                : Optional.ofNullable(reply)
                        .map(now -> Outcome.repeated(
                                answer.liked(), now.status().likeCount(), now.delta(), Decider.PRIMARY));
    }

    /** Where the database holds the answer, the total is all that is missing. */
    private static Question question(
            Relation relation,
            LikeIntent intent,
            KeyUse use,
            @Nullable StoredLike stored,
            @Nullable KeptAnswer answer) {
        CharacterName name = relation.character().name();
        if (answer == null) {
            return new Question(relation.key(), name, Question.wanted(intent), text(stored), use);
        }
        answer.requireTarget(relation.character().ocid());
        return new Question(relation.key(), name, text(stored));
    }

    /**
     * A call sees the keys of one partition. So that the use of a key for characters of two is noticed, the partition of the
     * account notes it as well, if it can.
     *
     * @return whether it was not noted before
     */
    private boolean noteKey(AccountId account, Ocid target, KeyUse use) {
        int partition = partitions.of(account);
        if (partition == partitions.of(target)) {
            return false;
        }
        String name = keys[partition].names().answer(account, use.key());
        SetArgs once = SetArgs.Builder.nx()
                .px(use.expiresAt().toEpochMilli() - use.usedAt().toEpochMilli());
        Optional<Note> found = brief(partition, commands -> {
            CompletionStage<String> set = commands.set(name, "- " + target.value(), once);
            return commands.get(name).thenCombine(set, (value, ok) -> new Note(value, ok != null));
        });
        Note note = found.orElse(Note.NONE);
        if (!note.value().isEmpty() && !note.value().endsWith(" " + target.value())) {
            throw new IdempotencyKeyReusedException();
        }
        return note.isNew();
    }

    private void eraseNote(AccountId account, KeyUse use) {
        int partition = partitions.of(account);
        String name = keys[partition].names().answer(account, use.key());
        var unused = brief(partition, commands -> commands.del(name));
    }

    private record Note(String value, boolean isNew) {
        static final Note NONE = new Note("", false);
    }

    /** Sends what a change does not depend on; empty where there is no reply soon. */
    private <T> Optional<T> brief(
            int partition, Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        if (!redis[partition].isConnected()) {
            return Optional.empty();
        }
        try {
            return Optional.of(redis[partition]
                    .send(command)
                    .toCompletableFuture()
                    .get(longestNote.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw PrimaryUnavailableException.notSent("Interrupted while noting an idempotency key", e);
        } catch (ExecutionException | TimeoutException | PrimaryUnavailableException e) {
            return Optional.empty();
        }
    }

    @Override
    public Map<Relation, LikeStatus> statuses(Collection<Relation> relations) {
        Map<Relation, LikeStatus> statuses = new HashMap<>();
        askAbout(relations, Question.READ).forEach((relation, reply) -> statuses.put(relation, reply.status()));
        return statuses;
    }

    private Map<Relation, Reply> askAbout(Collection<Relation> relations, char wanted) {
        return ask(
                relations,
                Relation::character,
                (relation, stored) ->
                        new Question(relation.key(), relation.character().name(), wanted, text(stored), null),
                Relation::key,
                store::likes);
    }

    @Override
    public Map<GameCharacter, LikeCount> counts(Collection<GameCharacter> characters) {
        Map<GameCharacter, LikeCount> counts = new HashMap<>();
        ask(
                        characters,
                        character -> character,
                        (character, stored) -> new Question(null, character.name(), text(stored)),
                        GameCharacter::ocid,
                        this::stored)
                .forEach((character, reply) -> counts.put(character, new LikeCount(reply.total())));
        return counts;
    }

    private Map<Ocid, StoredLike> stored(Collection<Ocid> ocids) {
        Map<Ocid, StoredLike> stored = new HashMap<>();
        store.counts(ocids).forEach((ocid, count) -> stored.put(ocid, new StoredLike(false, count)));
        return stored;
    }

    /** Asks without what is stored, and then with it about those that need it. */
    private <Q, K> Map<Q, Reply> ask(
            Collection<Q> about,
            Function<Q, GameCharacter> character,
            BiFunction<Q, @Nullable StoredLike, Question> question,
            Function<Q, K> key,
            Function<Collection<K>, Map<K, StoredLike>> read) {
        Map<Q, Reply> answered = new HashMap<>();
        List<Q> open = new ArrayList<>(about);
        Map<K, StoredLike> stored = Map.of();
        for (int reads = 0; reads <= READS; reads++) {
            Map<Integer, Map<Q, Question>> questions = new HashMap<>();
            for (Q each : open) {
                questions
                        .computeIfAbsent(partitions.of(character.apply(each).ocid()), number -> new LinkedHashMap<>())
                        .put(each, question.apply(each, stored.get(key.apply(each))));
            }
            ask(questions).forEach((each, reply) -> {
                if (reply.answered()) {
                    answered.put(each, reply);
                }
            });
            open.removeIf(answered::containsKey);
            if (open.isEmpty()) {
                return answered;
            }
            stored = read.apply(open.stream().map(key).toList());
            if (stored.values().stream().anyMatch(each -> each.count().state().databaseDecides())) {
                throw PrimaryUnavailableException.notSent("Redis was not given the journal yet", null);
            }
            Set<K> existing = stored.keySet();
            open.removeIf(each -> !existing.contains(key.apply(each)));
        }
        throw PrimaryUnavailableException.notSent(
                "Redis and the database did not converge after " + READS + " reads", null);
    }

    /** Makes one call for each partition, side by side. */
    private <Q> Map<Q, Reply> ask(Map<Integer, Map<Q, Question>> questions) {
        questions.keySet().forEach(partition -> redis[partition].awaitConnected());
        Map<Integer, Supplier<List<Reply>>> calls = new HashMap<>();
        questions.forEach(
                (partition, some) -> calls.put(partition, queues[partition].begin(List.copyOf(some.values()))));
        Map<Q, Reply> replies = new HashMap<>();
        questions.forEach((partition, some) -> {
            Iterator<Reply> inOrder = requireNonNull(calls.get(partition)).get().iterator();
            some.forEach((about, question) -> {
                Reply reply = inOrder.next();
                requireValid(partition, question, reply);
                replies.put(about, reply);
            });
        });
        return replies;
    }

    private static @Nullable String text(@Nullable StoredLike stored) {
        if (stored == null) {
            return null;
        }
        StoredCount count = stored.count();
        return (stored.liked() ? "1 " : "0 ")
                + count.likeCount().value()
                + ' '
                + count.generation()
                + ' '
                + count.lastChange();
    }

    private void requireValid(int partition, Question question, Reply reply) {
        if (reply.refusal() != null) {
            throw String.valueOf(reply.refusal().getMessage()).contains("OOM ")
                    ? PrimaryUnavailableException.full("Redis is full", reply.refusal())
                    : PrimaryUnavailableException.notSent("Redis refused " + ToggleCalls.NAME, reply.refusal());
        }
        if (reply.total() < 0) {
            throw negative(partition, question, reply.total());
        }
        if (replicas > 0 && reply.answered() && question.isOfRelation()) {
            requireConfirmed(reply);
        }
    }

    private PrimaryUnavailableException negative(int partition, Question question, long total) {
        drift.increment();
        LOG.error("A total is negative; it is dropped and computed anew. userIgn={} total={}", question.name(), total);
        String count = keys[partition].names().count(question.name());
        redis[partition].repeat("DEL", commands -> commands.del(count));
        return new PrimaryUnavailableException("The total of " + question.name() + " was negative", null);
    }

    private void requireConfirmed(Reply reply) {
        Long confirmed = reply.confirmed();
        if (confirmed == null) {
            throw new LikeUnconfirmedException("It is unknown how many replicas have what Redis replied", null);
        }
        if (confirmed < replicas) {
            throw new LikeUnconfirmedException(
                    confirmed + " of " + replicas + " replicas have what Redis replied", null);
        }
    }
}
