package maple.like.application.service;

import java.util.Optional;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.out.CallerDirectory;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.LikeReader;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;

record ReadLikesService(CallerDirectory characters, CharacterDirectory known, LikeReader likes) implements ReadLikes {
    @Override
    public Optional<LikeStatus> status(AccountId account, CharacterName name) {
        return characters
                .find(name, account)
                .flatMap(character -> likes.status(new RelationKey(account, character.ocid()), character.name()));
    }

    @Override
    public Optional<LikeCount> count(CharacterName name) {
        return known.find(name).flatMap(likes::count);
    }
}
