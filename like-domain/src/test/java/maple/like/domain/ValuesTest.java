package maple.like.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.text.Normalizer;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    @Nested
    class ACharacterName {
        @Test
        void dropsWhiteSpaceAroundIt() {
            assertThat(new CharacterName(" \t아델\u3000 ").value()).isEqualTo("아델");
        }

        @Test
        void isTheSameHoweverItsSyllablesWereTyped() {
            String jamo = Normalizer.normalize("카이저", Normalizer.Form.NFD);
            assertThat(jamo).isNotEqualTo("카이저");
            assertThat(new CharacterName(jamo)).isEqualTo(new CharacterName("카이저"));
        }

        @Test
        void countsCodePointsNotUnits() {
            assertThat(new CharacterName("🍁".repeat(64)).value()).hasSize(128);
            assertThatExceptionOfType(InvalidCharacterNameException.class)
                    .isThrownBy(() -> new CharacterName("🍁".repeat(65)));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "\u3000", "a\u0000b", "a\nb", "a\u0085b", "a\u2028b", "\ud83c", "a\udf41b"})
        void rejectsWhatIsNoName(String text) {
            assertThatExceptionOfType(InvalidCharacterNameException.class).isThrownBy(() -> new CharacterName(text));
        }

        @Test
        void quotesTheBadValueInPrintableForm() {
            assertThatExceptionOfType(InvalidCharacterNameException.class)
                    .isThrownBy(() -> new CharacterName("evil\r\nlog line"))
                    .withMessageContaining("evil\\u000d\\u000alog line");
            assertThatExceptionOfType(InvalidCharacterNameException.class)
                    .isThrownBy(() -> new CharacterName("x".repeat(100_000)))
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
        }
    }

    @Nested
    class AnAccountId {
        @ParameterizedTest
        @CsvSource({"account-42,ac***42", "acc123,***", "a,***"})
        void showsItselfMasked(String value, String shown) {
            assertThat(new AccountId(value)).hasToString(shown);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "a b", "a\u00a0b", "a\tb", "a\u0000"})
        void rejectsWhatIsNoAccount(String text) {
            assertThatIllegalArgumentException().isThrownBy(() -> new AccountId(text));
        }

        @Test
        void isNotTooLong() {
            assertThat(new AccountId("x".repeat(255)).value()).hasSize(255);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new AccountId("secret".repeat(50)))
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
        }
    }

    @Nested
    class AnOcid {
        @ParameterizedTest
        @ValueSource(strings = {"", "a:b", "a b", "ä", "a\n"})
        void rejectsWhatIsNoOcid(String text) {
            assertThatIllegalArgumentException().isThrownBy(() -> new Ocid(text));
        }

        @Test
        void isNotTooLong() {
            assertThat(new Ocid("f".repeat(64)).value()).hasSize(64);
            assertThatIllegalArgumentException().isThrownBy(() -> new Ocid("f".repeat(65)));
        }
    }

    @Nested
    class ARelationKey {
        @Test
        void isAccountColonTarget() {
            RelationKey relation = new RelationKey(new AccountId("acc123"), new Ocid("char456"));
            assertThat(relation.value()).isEqualTo("acc123:char456");
            assertThat(RelationKey.parse("acc123:char456")).isEqualTo(relation);
        }

        @Test
        void isReadBackWhenTheAccountHoldsColons() {
            RelationKey relation = new RelationKey(new AccountId("urn:player:7"), new Ocid("char456"));
            assertThat(RelationKey.parse(relation.value())).isEqualTo(relation);
        }

        @Test
        void showsItsAccountMasked() {
            assertThat(new RelationKey(new AccountId("account-42"), new Ocid("char456")))
                    .hasToString("ac***42:char456");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "x", ":x", "x:"})
        void rejectsWhatIsNoRelation(String text) {
            assertThatIllegalArgumentException().isThrownBy(() -> RelationKey.parse(text));
        }
    }

    @Nested
    class ALikeCount {
        @Test
        void isNeverNegative() {
            assertThatIllegalArgumentException().isThrownBy(() -> new LikeCount(-1));
            assertThatIllegalArgumentException().isThrownBy(() -> LikeCount.ZERO.plus(-1));
        }

        @Test
        void doesNotOverflowSilently() {
            assertThatExceptionOfType(ArithmeticException.class)
                    .isThrownBy(() -> new LikeCount(Long.MAX_VALUE).plus(1));
        }

        @Test
        void adds() {
            assertThat(new LikeCount(4).plus(1)).isEqualTo(new LikeCount(5)).hasToString("5");
        }
    }

    @Nested
    class ALiker {
        private final Ocid own = new Ocid("own");

        @Test
        void mayNotLikeAnOwnCharacter() {
            Liker liker = new Liker(new AccountId("acc123"), Set.of(own));
            assertThat(liker.mayLike(own)).isFalse();
            assertThat(liker.mayLike(new Ocid("other"))).isTrue();
        }

        @Test
        void keepsItsCharactersWhenTheSetGivenChanges() {
            Set<Ocid> owned = new HashSet<>(Set.of(own));
            Liker liker = new Liker(new AccountId("acc123"), owned);
            owned.clear();
            assertThat(liker.mayLike(own)).isFalse();
        }

        @Test
        void showsItselfMasked() {
            assertThat(new Liker(new AccountId("account-42"), Set.of()).toString())
                    .contains("ac***42")
                    .doesNotContain("account-42");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anIntentSaysWhatBecomesOfARelation(LikeIntent intent) {
        boolean[] after = {intent.appliedTo(false), intent.appliedTo(true)};
        assertThat(after)
                .isEqualTo(
                        switch (intent) {
                            case TOGGLE -> new boolean[] {true, false};
                            case LIKE -> new boolean[] {true, true};
                            case UNLIKE -> new boolean[] {false, false};
                        });
    }

    @Test
    void anEventIsNamedByWhatHappened() {
        CharacterName name = new CharacterName("아델");
        Instant now = Instant.EPOCH;
        assertThat(LikeEvent.of(true, name, 5, now)).isEqualTo(new CharacterLiked(name, 5, now));
        assertThat(LikeEvent.of(false, name, -1, now)).isEqualTo(new CharacterUnliked(name, -1, now));
    }

    @Test
    void nullIsRefusedEverywhere() {
        assertThatNullPointerException().isThrownBy(() -> new CharacterName(null));
        assertThatNullPointerException().isThrownBy(() -> new Ocid(null));
        assertThatNullPointerException().isThrownBy(() -> new AccountId(null));
        assertThatNullPointerException().isThrownBy(() -> new RelationKey(null, new Ocid("a")));
        assertThatNullPointerException().isThrownBy(() -> new GameCharacter(null, new CharacterName("a")));
        assertThatNullPointerException().isThrownBy(() -> new Liker(new AccountId("a"), null));
    }
}
