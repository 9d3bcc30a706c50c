package maple.like.application;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import maple.like.domain.Ocid;

/**
 * How the relations are divided. All relations of one character are in one partition, chosen by the CRC-32 (IEEE
 * 802.3) of its OCID in UTF-8, modulo the number of partitions. Every instance must use the same number.
 *
 * @param count the number of partitions, 1 to {@value #MAX}
 */
public record LikePartitions(int count) {
    /** The greatest number of partitions: one for each slot of a Redis Cluster would be absurd, and this is ample. */
    public static final int MAX = 1024;

    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if it is not between 1 and {@value #MAX}
     */
    public LikePartitions {
        if (count < 1 || count > MAX) {
            throw new IllegalArgumentException("There are 1 to " + MAX + " partitions, not " + count);
        }
    }

    /**
     * Where the relations of a character live.
     *
     * @return 0 to {@code count - 1}
     */
    public int of(Ocid target) {
        if (count == 1) {
            return 0;
        }
        CRC32 crc = new CRC32();
        crc.update(target.value().getBytes(StandardCharsets.UTF_8));
        return (int) (crc.getValue() % count);
    }

    /** All partitions, in order. */
    public IntStream all() {
        return IntStream.range(0, count);
    }
}
