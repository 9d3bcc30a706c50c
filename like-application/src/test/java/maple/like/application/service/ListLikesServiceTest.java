package maple.like.application.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import maple.like.application.InvalidCursorException;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.likes.InMemoryLedger;
import maple.like.application.likes.ModelLikes;
import maple.like.application.port.in.ListLikes;
import maple.like.application.port.in.ListLikes.LikedBy;
import maple.like.application.port.in.ListLikes.LikedCharacter;
import maple.like.application.port.in.ListLikes.Likers;
import maple.like.application.port.in.ListLikes.LikersVisibility;
import maple.like.application.port.in.ListLikes.Page;
import maple.like.application.port.in.ListLikes.Request;
import maple.like.application.port.in.ListLikes.Viewer;
import maple.like.application.port.out.CharacterResolver;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import maple.like.domain.Liker;
import org.junit.jupiter.api.Test;

class ListLikesServiceTest {
    private static final Viewer OPERATOR = new Viewer(new Liker(Fresh.account(), Set.of()), true);

    private final InMemoryLedger database = new InMemoryLedger();
    private final ModelLikes likes = new ModelLikes(new LikePartitions(1), database);
    private final ListLikes lists = lists(LikersVisibility.OWNER);
    private final GameCharacter character = registered();

    private ListLikes lists(LikersVisibility visibility) {
        CharacterResolver resolver = new CharacterResolver() {
            @Override
            public Optional<GameCharacter> find(CharacterName name) {
                return database.find(name);
            }

            @Override
            public Optional<GameCharacter> resolve(CharacterName name, AccountId caller) {
                throw new AssertionError("A list looks no name up");
            }
        };
        return LikeUseCases.listLikes(resolver, database, likes, visibility);
    }

    private GameCharacter registered() {
        GameCharacter registered = Fresh.character();
        database.register(registered);
        return registered;
    }

    private void change(AccountId account, GameCharacter of, LikeIntent intent) {
        likes.apply(account, of, intent);
    }

    /** So many likes, each stored by a flush of its own. */
    private List<AccountId> likers(int count) {
        List<AccountId> likers = Stream.generate(Fresh::account).limit(count).toList();
        likers.forEach(liker -> {
            change(liker, character, LikeIntent.LIKE);
            database.syncAll(likes);
        });
        return likers;
    }

    private Page<LikedBy> page(Viewer viewer, String cursor, int limit) {
        return ((Likers.Shown) lists.likers(viewer, character.name(), new Request(cursor, limit))).page();
    }

    private static List<AccountId> accounts(Page<LikedBy> page) {
        return page.entries().stream().map(LikedBy::account).toList();
    }

    @Test
    void aLikeThatWasTakenBackIsNotShownWhetherOrNotTheDatabaseStillHasIt() {
        List<AccountId> likers = likers(6);
        for (int taken : List.of(1, 4, 5)) {
            change(likers.get(taken), character, LikeIntent.UNLIKE);
        }
        change(Fresh.account(), character, LikeIntent.LIKE); // not stored
        Page<LikedBy> first = page(OPERATOR, null, 2);
        assertThat(accounts(first)).as("reads on past the two newest").containsExactly(likers.get(3), likers.get(2));
        Page<LikedBy> second = page(OPERATOR, first.next(), 2);
        assertThat(accounts(second)).containsExactly(likers.get(0));
        assertThat(second.next()).isNull();
        likers.forEach(liker -> change(liker, character, LikeIntent.UNLIKE));
        assertThat(page(OPERATOR, null, 1)).isEqualTo(new Page<>(List.of(), null));
    }

    @Test
    void theLikesOfAnAccountAreItsOwn() {
        AccountId account = Fresh.account();
        List<GameCharacter> liked = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            liked.add(registered());
            change(account, liked.get(i), LikeIntent.LIKE);
            change(Fresh.account(), liked.get(i), LikeIntent.LIKE);
            database.syncAll(likes);
        }
        change(account, liked.get(2), LikeIntent.UNLIKE);
        Page<LikedCharacter> first = lists.likes(account, new Request(null, 2));
        assertThat(first.entries())
                .extracting(LikedCharacter::name)
                .containsExactly(liked.get(1).name());
        Page<LikedCharacter> second = lists.likes(account, new Request(first.next(), 2));
        assertThat(second.entries())
                .extracting(LikedCharacter::name)
                .containsExactly(liked.get(0).name());
        assertThat(second.next()).isNull();
    }

    @Test
    void aListThatCannotBeExactIsNotShown() {
        likers(1);
        likes.setAvailable(false);
        assertThatExceptionOfType(PrimaryUnavailableException.class).isThrownBy(() -> page(OPERATOR, null, 1));
    }

    @Test
    void aMangledCursorOrOneOfAnotherListIsRejected() {
        likers(2);
        String cursor = page(OPERATOR, null, 1).next();
        AccountId account = Fresh.account();
        for (int i = 0; i < 2; i++) {
            change(account, registered(), LikeIntent.LIKE);
            database.syncAll(likes);
        }
        List<String> invalid = new ArrayList<>(List.of(
                "",
                " ",
                "AAAA",
                "ö",
                cursor + "A",
                cursor + "=",
                cursor.substring(1),
                lists.likes(account, new Request(null, 1)).next()));
        for (int i = 0; i < cursor.length(); i++) {
            char other = cursor.charAt(i) == 'A' ? 'B' : 'A';
            invalid.add(cursor.substring(0, i) + other + cursor.substring(i + 1));
        }
        assertThat(invalid)
                .doesNotContainNull()
                .allSatisfy(text -> assertThatExceptionOfType(InvalidCursorException.class)
                        .isThrownBy(() -> page(OPERATOR, text, 1)));
        assertThatExceptionOfType(InvalidCursorException.class)
                .isThrownBy(() -> lists.likes(Fresh.account(), new Request(invalid.get(7), 1)));
        assertThat(page(OPERATOR, cursor, 1).entries()).hasSize(1);
    }

    @Test
    void likersAreShownToTheOwnerAndToOperatorsOrToEverybody() {
        likers(1);
        Viewer owner = new Viewer(new Liker(Fresh.account(), Set.of(character.ocid())), false);
        Viewer other = new Viewer(new Liker(Fresh.account(), Set.of(Fresh.ocid())), false);
        Viewer anonymous = new Viewer(null, false);
        Request request = new Request(null, 10);
        for (Viewer allowed : List.of(owner, OPERATOR)) {
            assertThat(page(allowed, null, 10).entries()).hasSize(1);
            assertThat(lists.likers(allowed, Fresh.name(), request)).isEqualTo(new Likers.NoSuchCharacter());
        }
        for (Viewer refused : List.of(other, anonymous)) {
            assertThat(lists.likers(refused, character.name(), request)).isEqualTo(new Likers.Hidden());
        }
        for (Viewer any : List.of(owner, other, anonymous)) {
            assertThat(lists(LikersVisibility.EVERYBODY).likers(any, character.name(), request))
                    .isInstanceOf(Likers.Shown.class);
        }
    }
}
