package maple.like.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyTest {
    private static final String LONGEST = "k".repeat(IdempotencyKey.MAX_LENGTH);

    @ParameterizedTest
    @ValueSource(strings = {"a", "8e03978e-40d5-43dd-bc93-6894a57f9324", "!\"#~:", "%s"})
    void visibleAsciiIsValid(String value) {
        String key = value.equals("%s") ? LONGEST : value;
        assertThat(new IdempotencyKey(key)).hasToString(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", " a", "a\t", "\u007f", "키", "%s+"})
    void everythingElseIsNot(String value) {
        String key = value.equals("%s+") ? LONGEST + "k" : value;
        assertThatIllegalArgumentException().isThrownBy(() -> new IdempotencyKey(key));
    }
}
