package maple.like.bootstrap;

import java.util.Optional;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeIntent;
import maple.like.domain.RelationKey;

/** Changes nothing while another instance decides. */
record SoleLikeToggle(LikeToggle toggle, SoleInstance sole) implements LikeToggle {
    @Override
    public Optional<Toggled> apply(RelationKey relation, CharacterName name, LikeIntent intent) {
        sole.requireSole();
        return toggle.apply(relation, name, intent);
    }
}
