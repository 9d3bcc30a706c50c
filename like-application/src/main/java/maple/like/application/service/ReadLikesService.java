package maple.like.application.service;

import java.util.Optional;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.out.CharacterResolver;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeStatus;

record ReadLikesService(CharacterResolver characters, LikeToggle likes) implements ReadLikes {
    @Override
    public Optional<LikeStatus> status(AccountId account, CharacterName name) {
        return characters.resolve(name, account).flatMap(character -> likes.status(account, character));
    }

    @Override
    public Optional<LikeCount> count(CharacterName name) {
        return characters.find(name).flatMap(likes::count);
    }
}
