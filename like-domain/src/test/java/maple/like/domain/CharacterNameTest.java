package maple.like.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.text.Normalizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CharacterNameTest {
    @Test
    void dropsWhiteSpaceAroundIt() {
        assertThat(new CharacterName(" \t아델\u3000 ").value()).isEqualTo("아델");
    }

    /**
     * No-break space, zero-width space, byte order mark, word joiner, left-to-right mark, soft hyphen, next line; Hangul
     * fillers; grapheme joiner, vowels of Khmer, selectors of variations, of Mongolian and of tags; Braille; unassigned ones.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u00a0", "\u200b", "\ufeff", "\u2060", "\u200e", "\u00ad", "\u0085", "\u3164", "\uffa0", "\u115f",
                "\u1160", "\u034f", "\u17b4", "\u17b5", "\ufe00", "\ufe0f", "\u180b", "\u180d", "\u180e", "\u180f",
                "\udb40\udc20", "\udb40\udd00", "\udb40\uddef", "\u2800", "\u2065", "\ufff0", "\udb43\udfff"
            })
    void dropsInvisibleCharactersAroundIt(String invisible) {
        assertThat(new CharacterName(invisible + " 아델" + invisible).value()).isEqualTo("아델");
        assertThatExceptionOfType(InvalidCharacterNameException.class)
                .isThrownBy(() -> new CharacterName(invisible + invisible));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0350", "\u115e", "\u1161", "\u3163", "\u3165", "\ufe10", "\uffa1", "\u27ff", "\u2801"})
    void keepsTheirNeighbours(String visible) {
        assertThat(new CharacterName(visible + "가" + visible).value()).hasSize(3);
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
