package maple.like.adapter.web;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import maple.like.application.CharacterLookupUnavailableException;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.Decider;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.ToggleLike;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.IdempotencyKey;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Liker;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/**
 * Likes in a set. Every name is a character, except those that begin with {@link #UNKNOWN}, {@link #OUTAGE},
 * {@link #LOOKUP_OUTAGE} or {@link #DEFECT}. Tests use fresh names, so they do not interfere.
 */
final class StubLikes implements ToggleLike, ReadLikes {
    static final String UNKNOWN = "없는";
    static final String OUTAGE = "점검";
    static final String DEFECT = "고장";
    static final String LOOKUP_OUTAGE = "조회";
    static final String INTERNALS = "jdbc:postgresql://10.1.2.3/likes";

    private static final AtomicLong NAMES = new AtomicLong();

    private final Set<RelationKey> relations = ConcurrentHashMap.newKeySet();
    private final Map<String, Answered> answered = new ConcurrentHashMap<>();

    static String freshName() {
        return "단풍" + NAMES.incrementAndGet();
    }

    static Ocid ocidOf(String name) {
        return new Ocid(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", ""));
    }

    @Override
    public Result change(Liker liker, CharacterName name, LikeIntent intent, @Nullable IdempotencyKey key) {
        return find(name)
                .map(ocid -> key == null ? change(liker, ocid, intent) : changeOnce(liker, ocid, intent, key))
                .orElseGet(Result.NoSuchCharacter::new);
    }

    /** What was used for a character first belongs to that character. */
    private Result changeOnce(Liker liker, Ocid ocid, LikeIntent intent, IdempotencyKey key) {
        Answered before = answered.get(liker.account() + " " + key);
        if (before == null) {
            Result result = change(liker, ocid, intent);
            answered.put(liker.account() + " " + key, new Answered(ocid, result));
            return result;
        }
        return before.ocid().equals(ocid) ? before.result() : new Result.KeyReused();
    }

    private record Answered(Ocid ocid, Result result) {}

    private Result change(Liker liker, Ocid ocid, LikeIntent intent) {
        if (!liker.mayLike(ocid)) {
            return new Result.SelfLike();
        }
        RelationKey relation = new RelationKey(liker.account(), ocid);
        boolean before = relations.remove(relation);
        boolean liked = intent.appliedTo(before);
        if (liked) {
            relations.add(relation);
        }
        return new Result.Done(new LikeStatus(liked, likesOf(ocid)), liked != before, Decider.PRIMARY);
    }

    @Override
    public Optional<LikeStatus> status(AccountId account, CharacterName name) {
        return find(name)
                .map(ocid -> new LikeStatus(relations.contains(new RelationKey(account, ocid)), likesOf(ocid)));
    }

    @Override
    public Optional<LikeCount> count(CharacterName name) {
        return find(name).map(this::likesOf);
    }

    @Override
    public Batch<LikeStatus> statuses(AccountId account, Collection<CharacterName> names) {
        return batch(names, name -> status(account, name));
    }

    @Override
    public Batch<LikeCount> counts(Collection<CharacterName> names) {
        return batch(names, this::count);
    }

    private static <T> Batch<T> batch(Collection<CharacterName> names, Function<CharacterName, Optional<T>> read) {
        Map<CharacterName, T> found = new LinkedHashMap<>();
        List<CharacterName> unknown = new ArrayList<>();
        names.forEach(
                name -> read.apply(name).ifPresentOrElse(value -> found.put(name, value), () -> unknown.add(name)));
        return new Batch<>(found, unknown);
    }

    private LikeCount likesOf(Ocid ocid) {
        return new LikeCount(relations.stream()
                .filter(relation -> relation.target().equals(ocid))
                .count());
    }

    private static Optional<Ocid> find(CharacterName name) {
        if (name.value().startsWith(OUTAGE)) {
            throw new DatabaseUnavailableException(INTERNALS, new IllegalStateException());
        }
        if (name.value().startsWith(LOOKUP_OUTAGE)) {
            throw new CharacterLookupUnavailableException(INTERNALS);
        }
        if (name.value().startsWith(DEFECT)) {
            throw new IllegalStateException(INTERNALS);
        }
        return name.value().startsWith(UNKNOWN) ? Optional.empty() : Optional.of(ocidOf(name.value()));
    }
}
