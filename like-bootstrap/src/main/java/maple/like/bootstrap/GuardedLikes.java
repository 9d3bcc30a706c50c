package maple.like.bootstrap;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;

/**
 * Keeps requests from waiting for a Redis that has just kept others waiting.
 *
 * @param breakers by partition
 */
record GuardedLikes(LikeToggle toggle, LikeReader reader, LikePartitions partitions, List<CircuitBreaker> breakers)
        implements LikeToggle, LikeReader {
    @Override
    public Optional<Toggled> apply(RelationKey relation, CharacterName name, LikeIntent intent) {
        return guard(relation.target(), () -> toggle.apply(relation, name, intent));
    }

    @Override
    public Optional<LikeStatus> status(RelationKey relation, CharacterName name) {
        return guard(relation.target(), () -> reader.status(relation, name));
    }

    @Override
    public Optional<LikeCount> count(GameCharacter character) {
        return guard(character.ocid(), () -> reader.count(character));
    }

    private <T> T guard(Ocid target, Supplier<T> call) {
        try {
            return breakers.get(partitions.of(target)).executeSupplier(call);
        } catch (CallNotPermittedException open) {
            throw BufferUnavailableException.unasked("Redis is not asked for now, because it did not answer", open);
        }
    }
}
