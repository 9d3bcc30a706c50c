package maple.like.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LikePartitionsTest {
    /** The CRC-32 values 3893897400 and 2002367758 by another implementation. */
    @ParameterizedTest
    @CsvSource({
        "char456, 1, 0",
        "char456, 64, 56",
        "char456, 1024, 184",
        "0123456789abcdef0123456789abcdef, 3, 1",
        "0123456789abcdef0123456789abcdef, 1024, 270"
    })
    void aCharactersPartitionIsTheCrcOfItsOcid(String ocid, int count, int partition) {
        assertThat(new LikePartitions(count).of(new Ocid(ocid))).isEqualTo(partition);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1025})
    void thereAre1To1024Partitions(int count) {
        assertThatIllegalArgumentException().isThrownBy(() -> new LikePartitions(count));
        assertThat(new LikePartitions(1024).all())
                .containsExactlyElementsOf(IntStream.range(0, 1024).boxed().toList());
    }
}
