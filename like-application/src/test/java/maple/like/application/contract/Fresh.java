package maple.like.application.contract;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maple.like.application.KeyUse;
import maple.like.application.RelationChanges;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.IdempotencyKey;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;

/** Values that no other test uses, so that tests can share a store. */
public final class Fresh {
    private Fresh() {}

    public static Ocid ocid() {
        return new Ocid(hex());
    }

    /** An OCID of a partition. */
    public static Ocid ocidIn(int partition, LikePartitions partitions) {
        return Stream.generate(Fresh::ocid)
                .filter(ocid -> partitions.of(ocid) == partition)
                .findFirst()
                .orElseThrow();
    }

    public static CharacterName name() {
        return new CharacterName("아델" + hex());
    }

    public static AccountId account() {
        return new AccountId("acc-" + hex());
    }

    /** A key that is used now, for the first time. */
    public static KeyUse key() {
        return new KeyUse(new IdempotencyKey(hex()), Instant.now(), Duration.ofMinutes(10));
    }

    public static GameCharacter character() {
        return new GameCharacter(ocid(), name());
    }

    /** A character of a partition. */
    public static GameCharacter characterIn(int partition, LikePartitions partitions) {
        return new GameCharacter(ocidIn(partition, partitions), name());
    }

    public static RelationKey relationTo(GameCharacter character) {
        return new RelationKey(account(), character.ocid());
    }

    /** Likes of a character by so many new accounts. */
    public static RelationChanges likesOf(GameCharacter character, int count) {
        Set<RelationKey> relations =
                Stream.generate(() -> relationTo(character)).limit(count).collect(Collectors.toSet());
        return new RelationChanges(relations, Set.of());
    }

    private static String hex() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}
