package maple.like.application.contract;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import maple.like.application.LikePartitions;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;

/** Values that nobody else uses: tests share a store without seeing each other. */
public final class Fresh {
    private Fresh() {}

    public static Ocid ocid() {
        return new Ocid(hex());
    }

    /** An OCID whose relations live in a partition. */
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

    public static GameCharacter character() {
        return new GameCharacter(ocid(), name());
    }

    public static RelationKey relationTo(GameCharacter character) {
        return new RelationKey(account(), character.ocid());
    }

    /** New accounts that are all to like a character. */
    public static Map<RelationKey, Boolean> likesOf(GameCharacter character, int count) {
        Map<RelationKey, Boolean> likes = new HashMap<>();
        for (int i = 0; i < count; i++) {
            likes.put(relationTo(character), true);
        }
        return likes;
    }

    private static String hex() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}
