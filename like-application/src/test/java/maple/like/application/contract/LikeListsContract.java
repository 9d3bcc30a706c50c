package maple.like.application.contract;

import static maple.like.application.contract.DatabaseFixture.PARTITIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.RelationChanges;
import maple.like.application.contract.DatabaseFixture.Fault;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLists;
import maple.like.application.port.out.LikeLists.Entry;
import maple.like.application.port.out.LikeToggle.Relation;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link LikeLists} guarantees. */
public abstract class LikeListsContract {
    private final AccountId account = Fresh.account();
    private LikeLists lists;

    protected abstract DatabaseFixture database();

    @BeforeEach
    void connect() {
        lists = database().anotherInstance().lists();
    }

    private GameCharacter registered() {
        GameCharacter character = Fresh.character();
        database().instance().registry().register(character);
        return character;
    }

    /** Stores changes of one character in a batch of their own. */
    private void store(GameCharacter character, Map<AccountId, Boolean> changes) {
        Map<RelationKey, Boolean> relations = new HashMap<>();
        changes.forEach((liker, liked) -> relations.put(new RelationKey(liker, character.ocid()), liked));
        database()
                .instance()
                .ledger()
                .awaitPartition(
                        PARTITIONS.of(character.ocid()),
                        locked -> locked.rows()
                                .store(new LikeBatch(locked.row().generation() + 1, RelationChanges.of(relations))));
    }

    private void store(GameCharacter character, AccountId liker, boolean liked) {
        store(character, Map.of(liker, liked));
    }

    private static long last(List<Entry> page) {
        return page.get(page.size() - 1).number();
    }

    @Test
    void likersAreListedNewestFirstPageByPageWhateverComesAndGoesInBetween() {
        GameCharacter character = registered();
        store(registered(), Fresh.account(), true);
        List<AccountId> likers = Stream.generate(Fresh::account).limit(5).toList();
        Instant before = Instant.now();
        likers.forEach(liker -> store(character, liker, true));

        List<Entry> first = lists.likersOf(character, LikeLists.START, 2);
        assertThat(first)
                .extracting(Entry::relation)
                .containsExactly(new Relation(likers.get(4), character), new Relation(likers.get(3), character));
        assertThat(first)
                .allSatisfy(entry -> assertThat(entry.likedAt())
                        .isBetween(
                                before.minus(Duration.ofSeconds(1)),
                                Instant.now().plusSeconds(1)));
        store(character, likers.get(3), false); // where the next page begins
        store(character, likers.get(1), false);
        store(character, Fresh.account(), true);
        store(character, likers.get(3), true);
        assertThat(lists.likersOf(character, last(first), 10))
                .extracting(entry -> entry.relation().account())
                .containsExactly(likers.get(2), likers.get(0));
        assertThat(lists.likersOf(character, LikeLists.START, 1))
                .extracting(entry -> entry.relation().account())
                .containsExactly(likers.get(3));
        assertThat(lists.likersOf(Fresh.character(), LikeLists.START, 10)).isEmpty();
    }

    @Test
    void likersThatWereStoredTogetherAreListedOnceEach() {
        GameCharacter character = registered();
        RelationChanges many = Fresh.likesOf(character, 23);
        Map<AccountId, Boolean> changes = new HashMap<>();
        many.likes().forEach(relation -> changes.put(relation.account(), true));
        store(character, changes);
        List<AccountId> listed = new ArrayList<>();
        long after = LikeLists.START;
        List<Entry> page;
        while (!(page = lists.likersOf(character, after, 5)).isEmpty()) {
            page.forEach(entry -> listed.add(entry.relation().account()));
            after = last(page);
        }
        assertThat(listed).containsExactlyInAnyOrderElementsOf(changes.keySet());
    }

    @Test
    void theLikesOfAnAccountAreListedNewestFirstUnderTheNamesTheyAreCountedUnder() {
        List<GameCharacter> liked = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            liked.add(registered());
            store(liked.get(i), account, true);
            store(liked.get(i), Fresh.account(), true);
        }
        database().instance().registry().admit(liked.get(0).ocid(), Fresh.name());
        List<Entry> first = lists.likesOf(account, LikeLists.START, 3);
        assertThat(first)
                .extracting(Entry::relation)
                .containsExactly(
                        new Relation(account, liked.get(3)),
                        new Relation(account, liked.get(2)),
                        new Relation(account, liked.get(1)));
        store(liked.get(1), account, false);
        store(registered(), account, true);
        assertThat(lists.likesOf(account, last(first), 3))
                .extracting(Entry::relation)
                .containsExactly(new Relation(account, liked.get(0)));
        assertThat(lists.likesOf(Fresh.account(), LikeLists.START, 3)).isEmpty();
    }

    @Test
    void anOutageIsNotAnEmptyList() {
        try (Fault outage = database().outage()) {
            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> lists.likersOf(Fresh.character(), LikeLists.START, 1));
            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> lists.likesOf(account, LikeLists.START, 1));
        }
    }
}
