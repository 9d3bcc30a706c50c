package maple.like.adapter.redis;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import maple.like.adapter.redis.ToggleQueue.Question;
import maple.like.adapter.redis.ToggleQueue.Reply;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeCountStore.StoredCount;
import maple.like.application.port.out.LikeCountStore.StoredLike;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes and reads likes by one question to {@code toggle.lua}, and another where it asks for what is stored. */
final class RedisLikes implements LikeToggle, LikeReader {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLikes.class);
    /** What is stored is too old only if a batch was finished just then; twice in a row is rare, this often is not chance. */
    private static final int OFFERS = 100;

    private final RedisCalls[] redis;
    private final LikePartitions partitions;
    private final LikeKeys[] keys;
    private final LikeCountStore store;
    private final ToggleQueue[] queues;
    private final Counter drift;

    /**
     * Asks nothing yet.
     *
     * @param redis by partition
     * @param replicas how many must have a change before it is acknowledged
     */
    RedisLikes(
            RedisCalls[] redis,
            LikePartitions partitions,
            LikeCountStore store,
            Duration countTtl,
            int replicas,
            Counter drift) {
        this.redis = redis;
        this.partitions = partitions;
        this.keys = LikeKeys.ofAll(partitions);
        this.store = store;
        String seconds = Long.toString(countTtl.toSeconds());
        this.queues = partitions
                .all()
                .mapToObj(partition -> new ToggleQueue(redis[partition], keys[partition], seconds, replicas))
                .toArray(ToggleQueue[]::new);
        this.drift = drift;
    }

    /** Gives up what Redis leaves without an answer. To be called every {@link RedisCalls#slice}. */
    void watch() {
        for (ToggleQueue queue : queues) {
            queue.watch();
        }
    }

    @Override
    public Optional<Toggled> apply(RelationKey relation, CharacterName name, LikeIntent intent) {
        return run(relation.target(), relation, name, intent.name().toLowerCase(Locale.ROOT))
                .map(reply -> new Toggled(status(reply), reply.changed(), reply.delta()));
    }

    @Override
    public Optional<LikeStatus> status(RelationKey relation, CharacterName name) {
        return run(relation.target(), relation, name, Question.READ).map(RedisLikes::status);
    }

    @Override
    public Optional<LikeCount> count(GameCharacter character) {
        return run(character.ocid(), null, character.name(), Question.READ).map(reply -> new LikeCount(reply.total()));
    }

    private Optional<Reply> run(Ocid target, @Nullable RelationKey relation, CharacterName name, String wanted) {
        int partition = partitions.of(target);
        Reply reply = ask(partition, new Question(relation, name, wanted, Question.NO_OFFER));
        for (int offer = 0; !reply.answered() && offer < OFFERS; offer++) {
            Optional<StoredLike> stored = relation == null
                    ? store.count(target).map(count -> new StoredLike(false, count))
                    : store.like(relation);
            if (stored.isEmpty()) {
                return Optional.empty();
            }
            if (stored.get().count().detached()) {
                throw BufferUnavailableException.unasked(
                        "Redis was not yet told what the database decided by itself", null);
            }
            reply = ask(partition, new Question(relation, name, wanted, offer(stored.get())));
        }
        if (!reply.answered()) {
            throw BufferUnavailableException.unasked("Redis and the database are too far apart to answer", null);
        }
        return Optional.of(reply);
    }

    private static String offer(StoredLike stored) {
        StoredCount count = stored.count();
        return (stored.liked() ? "1 " : "0 ")
                + count.likeCount().value()
                + ' '
                + count.generation()
                + ' '
                + count.lastChange();
    }

    private Reply ask(int partition, Question question) {
        Reply reply = queues[partition].ask(question);
        if (reply.total() < 0) {
            drift.increment();
            LOG.error(
                    "The total of {} is {}: dropping it, to be computed anew from the database",
                    question.name(),
                    reply.total());
            String count = keys[partition].count(question.name());
            redis[partition].call("DEL", commands -> commands.del(count));
            throw new BufferUnavailableException("The total of " + question.name() + " was negative", null);
        }
        return reply;
    }

    private static LikeStatus status(Reply reply) {
        return new LikeStatus(reply.liked(), new LikeCount(reply.total()));
    }
}
