package maple.like.application.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.contract.Fresh;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.HeldLikes;
import maple.like.application.port.out.LikeToggle.Toggled;
import maple.like.application.service.LikeUseCases;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.Test;

/** A buffer that forgets what is stored answers as one that remembers everything. */
class BoundedMemoryTest {
    private static final LikePartitions PARTITIONS = new LikePartitions(1);
    private static final int STEPS = 4_000;

    private static final class Twin {
        final InMemoryLedger store = new InMemoryLedger(PARTITIONS);
        final InMemoryLikes likes;
        final SyncLikes sync;

        Twin(int remembered, int waiting) {
            likes = new InMemoryLikes(PARTITIONS, store, remembered, waiting);
            sync = LikeUseCases.syncLikes(store, likes, store, 5, 3);
        }
    }

    @Test
    void aSmallMemoryAnswersAsALargeOne() {
        long seed = Long.getLong("memory.seed", new Random().nextLong());
        Random random = new Random(seed);
        Twin small = new Twin(2, 1_000);
        Twin large = new Twin(1_000, 1_000);
        List<GameCharacter> characters =
                Stream.generate(Fresh::character).limit(4).toList();
        characters.forEach(character -> {
            small.store.register(character);
            large.store.register(character);
        });
        List<RelationKey> relations = IntStream.range(0, 40)
                .mapToObj(i -> Fresh.relationTo(characters.get(i % characters.size())))
                .toList();
        small.sync.sync(0); // while there is nothing, all of it is known
        large.sync.sync(0);
        for (int step = 0; step < STEPS; step++) {
            int which = random.nextInt(relations.size());
            RelationKey relation = relations.get(which);
            GameCharacter character = characters.get(which % characters.size());
            if (random.nextInt(4) == 0) {
                assertThat(small.sync.sync(0).drift())
                        .as("seed %s, step %s", seed, step)
                        .isEmpty();
                large.sync.sync(0);
            } else {
                LikeIntent intent = LikeIntent.values()[random.nextInt(LikeIntent.values().length)];
                Toggled expected =
                        large.likes.apply(relation, character.name(), intent).orElseThrow();
                Toggled toggled =
                        small.likes.apply(relation, character.name(), intent).orElseThrow();
                assertThat(toggled.status()).as("seed %s, step %s", seed, step).isEqualTo(expected.status());
                assertThat(toggled.changed()).as("seed %s, step %s", seed, step).isEqualTo(expected.changed());
            }
        }
    }

    @Test
    void whatIsStoredIsForgottenAndWhatWaitsIsNot() {
        Twin twin = new Twin(10, 1_000);
        GameCharacter character = Fresh.character();
        twin.store.register(character);
        for (int i = 0; i < 30; i++) {
            twin.likes.apply(Fresh.relationTo(character), character.name(), LikeIntent.LIKE);
        }
        assertThat(held(twin)).isEqualTo(30);
        boolean more = true;
        while (more) {
            SyncLikes.Report report = twin.sync.sync(0);
            more = report.more() || report.outcome() == SyncLikes.Outcome.STORED;
        }
        assertThat(twin.store.rows()).hasSize(30);
        assertThat(held(twin)).isEqualTo(10);
    }

    private static int held(Twin twin) {
        return twin.likes.page(0, HeldLikes.START, 1_000).relations().size();
    }

    @Test
    void moreChangesThanMayWaitAreRefusedUntilSomeAreStored() {
        Twin twin = new Twin(10, 3);
        GameCharacter character = Fresh.character();
        twin.store.register(character);
        RelationKey first = Fresh.relationTo(character);
        twin.likes.apply(first, character.name(), LikeIntent.LIKE);
        twin.likes.apply(Fresh.relationTo(character), character.name(), LikeIntent.LIKE);
        twin.likes.apply(Fresh.relationTo(character), character.name(), LikeIntent.LIKE);
        RelationKey fourth = Fresh.relationTo(character);
        assertThatExceptionOfType(BufferUnavailableException.class)
                .isThrownBy(() -> twin.likes.apply(fourth, character.name(), LikeIntent.LIKE));
        assertThat(twin.likes.count(character)).contains(new LikeCount(3));
        assertThat(twin.likes.apply(first, character.name(), LikeIntent.UNLIKE))
                .map(toggled -> toggled.status().likeCount())
                .contains(new LikeCount(2));
        twin.sync.sync(0);
        assertThat(twin.likes.apply(fourth, character.name(), LikeIntent.LIKE))
                .map(toggled -> toggled.status().likeCount())
                .contains(new LikeCount(3));
    }
}
