package maple.like.bench.section;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import maple.like.bench.load.Population;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;

/** New relations: new accounts like every character, in random order. */
final class PendingRelations {
    private final Random random = new Random(2);
    private final List<GameCharacter> characters = new ArrayList<>();

    PendingRelations(Population population) {
        for (int i = 0; i < population.names().size(); i++) {
            characters.add(new GameCharacter(
                    new Ocid(population.ocids().get(i)),
                    new CharacterName(population.names().get(i))));
        }
    }

    List<Storing.Pending> next(int count) {
        List<Storing.Pending> relations = new ArrayList<>(count);
        while (relations.size() < count) {
            AccountId account = new AccountId(new UUID(random.nextLong(), random.nextLong()).toString());
            for (GameCharacter target : characters) {
                relations.add(new Storing.Pending(account, target));
            }
        }
        Collections.shuffle(relations, random);
        return relations;
    }
}
