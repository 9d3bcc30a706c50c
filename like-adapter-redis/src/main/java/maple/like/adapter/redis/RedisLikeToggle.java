package maple.like.adapter.redis;

import io.micrometer.core.instrument.Counter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import maple.like.adapter.redis.ToggleCalls.Question;
import maple.like.adapter.redis.ToggleCalls.Reply;
import maple.like.application.Decider;
import maple.like.application.LikeUnconfirmedException;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.likes.RequestQueue;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeCountStore.StoredCount;
import maple.like.application.port.out.LikeCountStore.StoredLike;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes and reads likes by one question to {@code toggle.lua}, and another where that needs what is stored. */
final class RedisLikeToggle implements LikeToggle {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLikeToggle.class);

    /** What was read is out of date only if a batch was finished just then; twice in a row is rare. */
    private static final int READS = 100;

    private final RedisConnection[] redis;
    private final ScriptKeys[] keys;
    private final LikePartitions partitions;
    private final LikeCountStore store;
    private final RequestQueue<Question, Reply>[] queues;
    private final int replicas;
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
    public Optional<Outcome> apply(AccountId account, GameCharacter character, LikeIntent intent) {
        return ask(
                        new RelationKey(account, character.ocid()),
                        character,
                        intent.name().toLowerCase(Locale.ROOT))
                .map(reply -> new Outcome(reply.status(), reply.changed(), reply.delta(), Decider.PRIMARY));
    }

    @Override
    public Optional<LikeStatus> status(AccountId account, GameCharacter character) {
        return ask(new RelationKey(account, character.ocid()), character, Question.READ)
                .map(Reply::status);
    }

    @Override
    public Optional<LikeCount> count(GameCharacter character) {
        return ask(null, character, Question.READ).map(reply -> new LikeCount(reply.total()));
    }

    private Optional<Reply> ask(@Nullable RelationKey relation, GameCharacter character, String wanted) {
        int partition = partitions.of(character.ocid());
        Reply reply = ask(partition, new Question(relation, character.name(), wanted, Question.NOTHING));
        for (int reads = 0; !reply.answered() && reads < READS; reads++) {
            Optional<StoredLike> stored = relation == null
                    ? store.count(character.ocid()).map(count -> new StoredLike(false, count))
                    : store.like(relation);
            if (stored.isEmpty()) {
                return Optional.empty();
            }
            if (stored.get().count().state().databaseDecides()) {
                throw PrimaryUnavailableException.notSent("Redis was not given the journal yet", null);
            }
            reply = ask(partition, new Question(relation, character.name(), wanted, text(stored.get())));
        }
        if (!reply.answered()) {
            throw PrimaryUnavailableException.notSent(
                    "Redis and the database did not converge after " + READS + " reads", null);
        }
        return Optional.of(reply);
    }

    private static String text(StoredLike stored) {
        StoredCount count = stored.count();
        return (stored.liked() ? "1 " : "0 ")
                + count.likeCount().value()
                + ' '
                + count.generation()
                + ' '
                + count.lastChange();
    }

    private Reply ask(int partition, Question question) {
        redis[partition].awaitConnected();
        Reply reply = queues[partition].ask(question);
        if (reply.refusal() != null) {
            throw PrimaryUnavailableException.notSent("Redis refused " + ToggleCalls.NAME, reply.refusal());
        }
        if (reply.total() < 0) {
            throw negative(partition, question, reply.total());
        }
        if (replicas > 0 && reply.answered() && !question.isRead()) {
            requireConfirmed(reply);
        }
        return reply;
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
            throw new LikeUnconfirmedException("It is unknown how many replicas have the change", null);
        }
        if (confirmed < replicas) {
            throw new LikeUnconfirmedException(confirmed + " of " + replicas + " replicas have the change", null);
        }
    }
}
