package maple.like.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Also of {@link AccountId} and {@link Ocid}, its parts, and of {@link Liker}. */
class RelationKeyTest {
    @ParameterizedTest
    @CsvSource({
        "acc123, acc123:char456, ***:char456",
        "a, a:char456, ***:char456",
        "urn:player:7, urn:player:7:char456, ur***:7:char456",
        "account-42, account-42:char456, ac***42:char456"
    })
    void isAccountColonTargetAndShowsItsAccountMasked(String account, String value, String shown) {
        RelationKey relation = new RelationKey(new AccountId(account), new Ocid("char456"));
        assertThat(relation.value()).isEqualTo(value);
        assertThat(RelationKey.parse(value)).isEqualTo(relation).hasToString(shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", ":x", "x:"})
    void rejectsWhatIsNoRelation(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> RelationKey.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\u00a0b", "a\tb", "a\u0000"})
    void anAccountRejectsWhatIsNone(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> new AccountId(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "a b", "ä", "a\n"})
    void anOcidRejectsWhatIsNone(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Ocid(text));
    }

    @Test
    void itsPartsAreNotTooLong() {
        assertThat(new AccountId("x".repeat(255)).value()).hasSize(255);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AccountId("secret".repeat(50)))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
        assertThat(new Ocid("f".repeat(64)).value()).hasSize(64);
        assertThatIllegalArgumentException().isThrownBy(() -> new Ocid("f".repeat(65)));
    }

    @Test
    void aLikerMayNotLikeItsOwnCharacterAlsoWhenTheGivenSetChangesAndShowsItsAccountMasked() {
        Ocid own = new Ocid("own");
        Set<Ocid> owned = new HashSet<>(Set.of(own));
        Liker liker = new Liker(new AccountId("account-42"), owned);
        owned.clear();
        assertThat(liker.mayLike(own)).isFalse();
        assertThat(liker.mayLike(new Ocid("other"))).isTrue();
        assertThat(liker.toString()).contains("ac***42").doesNotContain("account-42");
    }
}
