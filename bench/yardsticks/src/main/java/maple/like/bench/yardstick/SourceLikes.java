package maple.like.bench.yardstick;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import maple.like.application.Decider;
import maple.like.application.KeyUse;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeKeys;
import maple.like.domain.LikePartitions;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RMap;
import org.redisson.api.RScript;
import org.redisson.api.RSet;
import org.redisson.api.RTopic;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.codec.TypedJsonJackson3Codec;

/**
 * The design of the source documents: each toggle runs a script in Redis, publishes an event and waits for that, and reads
 * the count from the database. It never flushes, which favours it.
 */
final class SourceLikes implements LikeToggle {
    private static final LikeKeys NAMES = new LikePartitions(1).keys(0);
    private static final List<Object> KEYS =
            List.of(NAMES.relations(), NAMES.pending(), NAMES.buffer(), NAMES.unliked());

    private final StoredCounts stored;
    private final String instanceId;
    private final InstantSource clock;
    private final RScript script;
    private final String toggle;
    private final RSet<String> relations;
    private final RMap<String, String> buffer;
    private final RTopic events;
    private final Cache<CharacterName, LikeCount> counts =
            Caffeine.newBuilder().expireAfterWrite(Duration.ofMinutes(5)).build();

    SourceLikes(RedissonClient redis, StoredCounts stored, String instanceId, InstantSource clock) {
        this.stored = stored;
        this.instanceId = instanceId;
        this.clock = clock;
        this.script = redis.getScript(StringCodec.INSTANCE);
        this.toggle = script.scriptLoad(text());
        this.relations = redis.getSet(NAMES.relations(), StringCodec.INSTANCE);
        this.buffer = redis.getMap(NAMES.buffer(), StringCodec.INSTANCE);
        this.events = redis.getTopic(NAMES.events(), new TypedJsonJackson3Codec(SourceEvent.class));
        events.addListener(SourceEvent.class, (channel, event) -> receive(event));
    }

    private static String text() {
        try (InputStream file = Objects.requireNonNull(SourceLikes.class.getResourceAsStream("/source.lua"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void receive(SourceEvent event) {
        if (!event.sourceInstanceId().equals(instanceId)) {
            counts.invalidate(new CharacterName(event.userIgn()));
        }
    }

    /** Toggles whatever the intent: the benchmark sends nothing else. */
    @Override
    public Optional<Outcome> apply(
            AccountId account, GameCharacter character, LikeIntent intent, @Nullable KeyUse use) {
        CharacterName name = character.name();
        List<Long> reply = script.evalSha(
                RScript.Mode.READ_WRITE,
                toggle,
                RScript.ReturnType.LIST,
                KEYS,
                relation(account, character),
                name.value());
        boolean liked = reply.get(0) > 0;
        long delta = reply.get(1);
        events.publish(new SourceEvent(name.value(), delta, liked ? "LIKED" : "UNLIKED", instanceId, clock.millis()));
        LikeCount count = total(name, delta);
        counts.put(name, count);
        return Optional.of(new Outcome(new LikeStatus(liked, count), true, delta, Decider.PRIMARY));
    }

    @Override
    public Optional<LikeStatus> status(AccountId account, GameCharacter character) {
        CharacterName name = character.name();
        return Optional.of(new LikeStatus(relations.contains(relation(account, character)), total(name, delta(name))));
    }

    @Override
    public Optional<LikeCount> count(GameCharacter character) {
        return Optional.of(counts.get(character.name(), name -> total(name, delta(name))));
    }

    @Override
    public Map<Relation, LikeStatus> statuses(Collection<Relation> relations) {
        Map<Relation, LikeStatus> statuses = new HashMap<>();
        relations.forEach(
                each -> status(each.account(), each.character()).ifPresent(status -> statuses.put(each, status)));
        return statuses;
    }

    @Override
    public Map<GameCharacter, LikeCount> counts(Collection<GameCharacter> characters) {
        Map<GameCharacter, LikeCount> totals = new HashMap<>();
        characters.forEach(each -> count(each).ifPresent(count -> totals.put(each, count)));
        return totals;
    }

    private static String relation(AccountId account, GameCharacter character) {
        return new RelationKey(account, character.ocid()).value();
    }

    private LikeCount total(CharacterName name, long delta) {
        return new LikeCount(Math.max(0, stored.of(name) + delta));
    }

    private long delta(CharacterName name) {
        String delta = buffer.get(name.value());
        return delta == null ? 0 : Long.parseLong(delta);
    }
}
