package maple.like.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Also of {@link LikeIntent} and {@link LikeCount}, which it applies. */
class LikeStatusTest {
    @ParameterizedTest
    @CsvSource({
        "TOGGLE, false, true, 6", "TOGGLE, true, false, 4",
        "LIKE, false, true, 6", "LIKE, true, true, 5",
        "UNLIKE, false, false, 5", "UNLIKE, true, false, 4"
    })
    void aChangeAppliesItsIntent(LikeIntent intent, boolean liked, boolean likedAfter, long countAfter) {
        assertThat(intent.appliedTo(liked)).isEqualTo(likedAfter);
        assertThat(new LikeStatus(liked, new LikeCount(5)).after(intent))
                .isEqualTo(new LikeStatus(likedAfter, new LikeCount(countAfter)));
    }

    @Test
    void aCountIsNeverNegative() {
        assertThatIllegalArgumentException().isThrownBy(() -> new LikeCount(-1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LikeStatus(true, LikeCount.ZERO).after(LikeIntent.UNLIKE));
    }

    @Test
    void aCountDoesNotOverflow() {
        assertThat(new LikeCount(4).plus(1)).isEqualTo(new LikeCount(5)).hasToString("5");
        assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> new LikeCount(Long.MAX_VALUE).plus(1));
    }
}
