package maple.like.domain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The names are a wire format: other systems read them. */
class LikeKeysTest {
    @ParameterizedTest
    @CsvSource({"1, {likes}", "12, {likes:11}"})
    void everyNameIsPinned(int partitions, String tag) {
        LikeKeys keys = new LikePartitions(partitions).keys(partitions - 1);
        assertThat(keys).hasToString(tag);
        assertThat(keys.relations()).isEqualTo(tag + ":relations");
        assertThat(keys.pending()).isEqualTo(tag + ":relations:pending");
        assertThat(keys.unliked()).isEqualTo(tag + ":relations:unliked");
        assertThat(keys.buffer()).isEqualTo(tag + ":buffer");
        assertThat(keys.events()).isEqualTo(tag + ":events");
        assertThat(keys.batch()).isEqualTo(tag + ":batch");
        assertThat(keys.generation()).isEqualTo(tag + ":generation");
        assertThat(keys.complete()).isEqualTo(tag + ":complete");
        assertThat(keys.warmup()).isEqualTo(tag + ":warmup");
        assertThat(keys.closed()).isEqualTo(tag + ":closed");
        assertThat(keys.journal()).isEqualTo(tag + ":journal");
        assertThat(keys.replicated()).isEqualTo(tag + ":replicated");
        assertThat(keys.unstoredAnswers()).isEqualTo(tag + ":idempotency");
        assertThat(keys.answer(new AccountId("a:b"), new IdempotencyKey("k:1")))
                .isEqualTo(tag + ":idempotency:a:b k:1");
        assertThat(keys.absent()).isEqualTo(tag + ":absent");
        assertThat(keys.countPrefix()).isEqualTo(tag + ":count:");
        assertThat(keys.count(new CharacterName("아델"))).isEqualTo(tag + ":count:아델");
    }

    @Test
    void aCharacterHasTheNamesOfItsPartition() {
        assertThat(new LikePartitions(4).keys(new Ocid("char456")).events())
                .isEqualTo("{likes:" + new LikePartitions(4).of(new Ocid("char456")) + "}:events");
    }
}
