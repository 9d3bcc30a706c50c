package maple.like.bench.yardstick;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.jspecify.annotations.Nullable;

/** Has no likes. What remains is HTTP, tokens and JSON: the upper bound for any service with this API. */
final class CeilingLikes implements ToggleLike, ReadLikes {
    private static final LikeCount COUNT = new LikeCount(5);
    private static final LikeStatus STATUS = new LikeStatus(true, COUNT);

    @Override
    public Result change(Liker liker, CharacterName name, LikeIntent intent, @Nullable IdempotencyKey key) {
        return new Result.Done(STATUS, true, Decider.PRIMARY);
    }

    @Override
    public Optional<LikeStatus> status(AccountId account, CharacterName name) {
        return Optional.of(STATUS);
    }

    @Override
    public Optional<LikeCount> count(CharacterName name) {
        return Optional.of(COUNT);
    }

    @Override
    public Batch<LikeStatus> statuses(AccountId account, Collection<CharacterName> names) {
        return all(names, STATUS);
    }

    @Override
    public Batch<LikeCount> counts(Collection<CharacterName> names) {
        return all(names, COUNT);
    }

    private static <T> Batch<T> all(Collection<CharacterName> names, T value) {
        Map<CharacterName, T> found = new LinkedHashMap<>();
        names.forEach(name -> found.put(name, value));
        return new Batch<>(found, List.of());
    }
}
