package maple.like.application.likes;

import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.UNLIKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.LikeToggle.Outcome;
import maple.like.application.service.LikeUseCases;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.Test;

/** The bounds of a partition: one that evicts stored relations answers as one that holds all of them. */
class MemoryPartitionTest {
    private static final LikePartitions PARTITIONS = new LikePartitions(1);
    private static final int STEPS = 4_000;

    private static final class Memory {
        final InMemoryLedger database = new InMemoryLedger(PARTITIONS);
        final InMemoryLikeToggle likes;
        final SyncLikes sync;

        Memory(int maxCached, int maxPending) {
            likes = new InMemoryLikeToggle(PARTITIONS, database, () -> {}, maxCached, maxPending);
            database.reconcile(likes);
            sync = LikeUseCases.syncLikes(database, likes, database, 5, 3);
        }

        Outcome apply(AccountId account, GameCharacter character, LikeIntent intent) {
            return likes.apply(account, character, intent).orElseThrow();
        }

        long like(GameCharacter character) {
            return apply(Fresh.account(), character, LIKE).status().likeCount().value();
        }
    }

    @Test
    void aSmallMemoryAnswersAsALargeOne() {
        long seed = Long.getLong("memory.seed", new Random().nextLong());
        Random random = new Random(seed);
        Memory small = new Memory(2, 1_000);
        Memory large = new Memory(1_000, 1_000);
        List<GameCharacter> characters =
                Stream.generate(Fresh::character).limit(4).toList();
        List<AccountId> accounts = Stream.generate(Fresh::account).limit(10).toList();
        for (Memory memory : List.of(small, large)) {
            characters.forEach(memory.database::register);
            memory.sync.sync(0); // an empty database is known completely
        }
        for (int step = 0; step < STEPS; step++) {
            String place = "seed " + seed + ", step " + step;
            if (random.nextInt(4) == 0) {
                assertThat(small.sync.sync(0).drift()).as(place).isEmpty();
                large.sync.sync(0);
            } else {
                AccountId account = accounts.get(random.nextInt(accounts.size()));
                GameCharacter character = characters.get(random.nextInt(characters.size()));
                LikeIntent intent = LikeIntent.values()[random.nextInt(LikeIntent.values().length)];
                Outcome expected = large.apply(account, character, intent);
                Outcome outcome = small.apply(account, character, intent);
                assertThat(outcome.status()).as(place).isEqualTo(expected.status());
                assertThat(outcome.changed()).as(place).isEqualTo(expected.changed());
            }
        }
    }

    @Test
    void storedRelationsAreEvictedAndPendingOnesAreNot() {
        Memory memory = new Memory(10, 1_000);
        GameCharacter character = Fresh.character();
        memory.database.register(character);
        for (int i = 1; i <= 30; i++) {
            assertThat(memory.like(character)).isEqualTo(i);
        }
        assertThat(memory.likes.partition(0).relations).hasSize(30);
        memory.database.syncAll(memory.likes);
        assertThat(memory.database.rows()).hasSize(30);
        assertThat(memory.likes.partition(0).relations).hasSize(10);
    }

    @Test
    void changesBeyondTheBoundAreRefusedUntilSomeAreStored() {
        Memory memory = new Memory(10, 3);
        GameCharacter character = Fresh.character();
        AccountId first = Fresh.account();
        memory.database.register(character);
        memory.apply(first, character, LIKE);
        memory.like(character);
        memory.like(character);
        assertThatExceptionOfType(PrimaryUnavailableException.class)
                .isThrownBy(() -> memory.like(character))
                .matches(refused -> !refused.wasSent());
        assertThat(memory.apply(first, character, UNLIKE).status().likeCount().value())
                .isEqualTo(2);
        memory.sync.sync(0);
        assertThat(memory.like(character)).isEqualTo(3);
    }
}
