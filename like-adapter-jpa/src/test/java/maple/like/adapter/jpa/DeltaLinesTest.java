package maple.like.adapter.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Map;
import maple.like.domain.CharacterName;
import org.junit.jupiter.api.Test;

class DeltaLinesTest {
    private static final CharacterName ADELE = new CharacterName("아델");
    private static final CharacterName ADELE_2 = new CharacterName("아델 2");
    private static final CharacterName DELE_2 = new CharacterName("델 2");

    private final String lines = DeltaLines.write(Map.of(ADELE, 12L, ADELE_2, -3L));

    @Test
    void eachNameHasALineOfItsOwn() {
        assertThat(lines).isEqualTo("아델\t12\n아델 2\t-3\n");
    }

    @Test
    void whatIsWrittenIsReadBack() {
        assertThat(DeltaLines.read(lines)).isEqualTo(Map.of(ADELE, 12L, ADELE_2, -3L));
        assertThat(DeltaLines.read(DeltaLines.NONE)).isEmpty();
        assertThat(DeltaLines.write(Map.of())).isEqualTo(DeltaLines.NONE);
    }

    @Test
    void theChangeOfANameIsThatOfTheWholeName() {
        assertThat(DeltaLines.changeOf(ADELE, lines)).isEqualTo(12);
        assertThat(DeltaLines.changeOf(ADELE_2, lines)).isEqualTo(-3);
        assertThat(DeltaLines.changeOf(DELE_2, lines)).isZero();
        assertThat(DeltaLines.changeOf(ADELE, DeltaLines.NONE)).isZero();
    }

    @Test
    void aLineThatIsNoneIsADefect() {
        assertThatIllegalStateException().isThrownBy(() -> DeltaLines.read("아델 12\n"));
    }
}
