package maple.like.adapter.redis;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.LikeCountStore;
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

/** Changes and reads likes by one call of {@code toggle.lua}, and a second one where it asks for what is stored. */
final class RedisLikes implements LikeToggle, LikeReader {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLikes.class);
    private static final LuaScript TOGGLE = LuaScript.named("toggle");
    private static final String READ = "read";
    private static final String NO_RELATION = "";

    /** What is stored is too old only if a batch was finished just then; twice in a row is rare, this often is not chance. */
    private static final int OFFERS = 30;

    private final RedisCalls redis;
    private final LikePartitions partitions;
    private final LikeKeys[] keys;
    private final LikeCountStore store;
    private final String countTtl;
    private final int replicas;
    private final Counter drift;

    /** @param replicas how many must have a change before it is acknowledged */
    RedisLikes(
            RedisCalls redis,
            LikePartitions partitions,
            LikeCountStore store,
            Duration countTtl,
            int replicas,
            Counter drift) {
        this.redis = redis;
        this.partitions = partitions;
        this.keys = LikeKeys.ofAll(partitions);
        this.store = store;
        this.countTtl = Long.toString(countTtl.toSeconds());
        this.replicas = replicas;
        this.drift = drift;
    }

    @Override
    public Optional<Toggled> apply(RelationKey relation, CharacterName name, LikeIntent intent) {
        return run(relation.target(), relation, name, intent.name().toLowerCase(Locale.ROOT))
                .map(answer -> new Toggled(answer.status(), answer.changed(), answer.newDelta()));
    }

    @Override
    public Optional<LikeStatus> status(RelationKey relation, CharacterName name) {
        return run(relation.target(), relation, name, READ).map(Answer::status);
    }

    @Override
    public Optional<LikeCount> count(GameCharacter character) {
        return run(character.ocid(), null, character.name(), READ)
                .map(answer -> answer.status().likeCount());
    }

    private Optional<Answer> run(Ocid target, @Nullable RelationKey relation, CharacterName name, String wanted) {
        LikeKeys partition = keys[partitions.of(target)];
        Optional<Answer> answer = call(partition, relation, name, wanted, null);
        for (int offer = 0; answer.isEmpty() && offer < OFFERS; offer++) {
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
            answer = call(partition, relation, name, wanted, stored.get());
        }
        if (answer.isEmpty()) {
            throw BufferUnavailableException.unasked("Redis and the database are too far apart to answer", null);
        }
        return answer;
    }

    /** Empty where the script asks for what is stored. */
    private Optional<Answer> call(
            LikeKeys partition,
            @Nullable RelationKey relation,
            CharacterName name,
            String wanted,
            @Nullable StoredLike stored) {
        String count = partition.count(name);
        String[] scriptKeys = {
            partition.relations,
            partition.pending,
            partition.unliked,
            partition.buffer,
            count,
            partition.batch,
            partition.generation,
            partition.complete
        };
        String member = relation == null ? NO_RELATION : relation.value();
        int copies = wanted.equals(READ) ? 0 : replicas;
        List<Object> answer = stored == null
                ? TOGGLE.confirmed(
                        redis, copies, RedisLikes::isAnswered, scriptKeys, member, name.value(), wanted, countTtl)
                : TOGGLE.confirmed(
                        redis,
                        copies,
                        RedisLikes::isAnswered,
                        scriptKeys,
                        member,
                        name.value(),
                        wanted,
                        countTtl,
                        stored.liked() ? "1" : "0",
                        Long.toString(stored.count().likeCount().value()),
                        Long.toString(stored.count().generation()),
                        Long.toString(stored.count().lastChange()));
        if (!isAnswered(answer)) {
            return Optional.empty();
        }
        long total = number(answer, 4);
        if (total < 0) {
            drift.increment();
            LOG.error("The total of {} is {}: dropping it, to be computed anew from the database", name, total);
            redis.call("DEL", commands -> commands.del(count));
            throw new BufferUnavailableException("The total of " + name + " was negative", null);
        }
        return Optional.of(new Answer(
                new LikeStatus(number(answer, 1) == 1, new LikeCount(total)),
                number(answer, 2) == 1,
                number(answer, 3)));
    }

    /** Rather than asking for what is stored. */
    private static boolean isAnswered(List<Object> answer) {
        return number(answer, 0) == 1;
    }

    private static long number(List<Object> answer, int index) {
        return (Long) answer.get(index);
    }

    private record Answer(LikeStatus status, boolean changed, long newDelta) {}
}
