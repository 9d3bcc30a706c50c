package maple.like.bootstrap;

import java.util.Optional;
import maple.like.application.fallback.FallbackLikes.Buffer;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;

/** Changes nothing, and knows nothing, while another instance decides. */
record SoleLikes(Buffer likes, SoleInstance sole) implements LikeToggle, LikeReader {
    static Buffer of(Buffer likes, SoleInstance sole) {
        SoleLikes guarded = new SoleLikes(likes, sole);
        return new Buffer(guarded, guarded);
    }

    @Override
    public Optional<Toggled> apply(RelationKey relation, CharacterName name, LikeIntent intent) {
        sole.requireSole();
        return likes.toggle().apply(relation, name, intent);
    }

    @Override
    public Optional<LikeStatus> status(RelationKey relation, CharacterName name) {
        sole.requireSole();
        return likes.reader().status(relation, name);
    }

    @Override
    public Optional<LikeCount> count(GameCharacter character) {
        sole.requireSole();
        return likes.reader().count(character);
    }
}
