package maple.like.bench.yardstick;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.ToggleLike;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Liker;
import maple.like.domain.Ocid;
import org.redisson.api.RMap;
import org.redisson.api.RScript;
import org.redisson.api.RSet;
import org.redisson.api.RTopic;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.codec.TypedJsonJackson3Codec;

/**
 * The design of the source documents: a script in Redis, an event published and waited for, and the count read from the
 * database with every toggle. Nothing is ever flushed to the database, which favours it.
 */
final class SourceLikes implements ToggleLike, ReadLikes {
    private static final String RELATIONS = "{likes}:relations";
    private static final String BUFFER = "{likes}:buffer";
    private static final List<Object> KEYS =
            List.of(RELATIONS, "{likes}:relations:pending", BUFFER, "{likes}:relations:unliked");

    private final Characters characters;
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

    SourceLikes(
            RedissonClient redis, Characters characters, StoredCounts stored, String instanceId, InstantSource clock) {
        this.characters = characters;
        this.stored = stored;
        this.instanceId = instanceId;
        this.clock = clock;
        this.script = redis.getScript(StringCodec.INSTANCE);
        this.toggle = script.scriptLoad(text());
        this.relations = redis.getSet(RELATIONS, StringCodec.INSTANCE);
        this.buffer = redis.getMap(BUFFER, StringCodec.INSTANCE);
        this.events = redis.getTopic("{likes}:events", new TypedJsonJackson3Codec(SourceEvent.class));
        events.addListener(SourceEvent.class, (channel, event) -> hear(event));
    }

    private static String text() {
        try (InputStream file = Objects.requireNonNull(SourceLikes.class.getResourceAsStream("/source.lua"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void hear(SourceEvent event) {
        if (!event.sourceInstanceId().equals(instanceId)) {
            counts.invalidate(new CharacterName(event.userIgn()));
        }
    }

    /** Toggles alone are measured. */
    @Override
    public Result apply(Liker liker, CharacterName name, LikeIntent intent) {
        Optional<Ocid> target = characters.find(name);
        if (target.isEmpty()) {
            return new Result.NoSuchCharacter();
        }
        if (!liker.mayLike(target.get())) {
            return new Result.SelfLike();
        }
        List<Long> answer = script.evalSha(
                RScript.Mode.READ_WRITE,
                toggle,
                RScript.ReturnType.LIST,
                KEYS,
                liker.relationTo(target.get()).value(),
                name.value());
        boolean liked = answer.get(0) > 0;
        long delta = answer.get(1);
        events.publish(new SourceEvent(name.value(), delta, liked ? "LIKED" : "UNLIKED", instanceId, clock.millis()));
        LikeCount count = total(name, delta);
        counts.put(name, count);
        return new Result.Done(new LikeStatus(liked, count));
    }

    @Override
    public Optional<LikeStatus> status(AccountId account, CharacterName name) {
        return characters
                .find(name)
                .map(target -> new LikeStatus(
                        relations.contains(account.value() + ":" + target.value()), total(name, delta(name))));
    }

    @Override
    public Optional<LikeCount> count(CharacterName name) {
        return characters.find(name).map(target -> counts.get(name, missing -> total(missing, delta(missing))));
    }

    private LikeCount total(CharacterName name, long delta) {
        return new LikeCount(Math.max(0, stored.of(name) + delta));
    }

    private long delta(CharacterName name) {
        String delta = buffer.get(name.value());
        return delta == null ? 0 : Long.parseLong(delta);
    }
}
