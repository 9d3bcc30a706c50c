package maple.like.domain;

import java.text.Normalizer;

/**
 * The in-game name ("IGN") of a character, as players type it.
 *
 * <p>White space and invisible characters around the name are dropped: everything of the Unicode categories Zs, Zl, Zp and
 * Cf, such as the no-break space (U+00A0), the zero-width space (U+200B) and the byte order mark (U+FEFF), the white
 * space among the control characters, everything of the property Default_Ignorable_Code_Point, such as the Hangul filler
 * (U+3164) and variation selectors (U+FE0F), and the blank of Braille (U+2800). The rest is brought into Unicode normalisation form C
 * (<a href="https://www.unicode.org/reports/tr15/">UAX #15</a>), so that a Korean name typed as separate jamo is the
 * same name. Names are case-sensitive.
 *
 * @param value the normalised name: 1 to {@value #MAX_LENGTH} code points, none of them a control character
 */
public record CharacterName(String value) {
    /** The greatest number of Unicode code points in a name. */
    public static final int MAX_LENGTH = 64;

    /**
     * Normalises and checks a name.
     *
     * @throws InvalidCharacterNameException if the name is empty, longer than {@value #MAX_LENGTH} code points, or
     *     holds a control character, a line separator or an unpaired surrogate
     */
    public CharacterName {
        value = Text.trim(value);
        if (!Text.isPrintable(value)) {
            throw new InvalidCharacterNameException(
                    "A character name must not hold control characters: " + Text.quote(value));
        }
        value = Text.isPlain(value) ? value : Normalizer.normalize(value, Normalizer.Form.NFC);
        if (value.isEmpty() || Text.length(value) > MAX_LENGTH) {
            throw new InvalidCharacterNameException(
                    "A character name has 1 to " + MAX_LENGTH + " characters: " + Text.quote(value));
        }
    }

    /** Returns the name itself. */
    @Override
    public String toString() {
        return value;
    }
}
