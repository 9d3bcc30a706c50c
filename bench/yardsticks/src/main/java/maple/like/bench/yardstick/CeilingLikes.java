package maple.like.bench.yardstick;

import java.util.Optional;
import maple.like.application.Decider;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.ToggleLike;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Liker;

/** Has no likes. What remains is HTTP, tokens and JSON: the upper bound for any service with this API. */
final class CeilingLikes implements ToggleLike, ReadLikes {
    private static final LikeCount COUNT = new LikeCount(5);
    private static final LikeStatus STATUS = new LikeStatus(true, COUNT);

    @Override
    public Result change(Liker liker, CharacterName name, LikeIntent intent) {
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
}
