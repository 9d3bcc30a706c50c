package maple.like.domain;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/**
 * Divides the characters, with their relations, counts and events, into partitions. A character's partition is the
 * CRC-32 (IEEE 802.3) of its OCID in UTF-8, modulo the number of partitions. Every instance uses the same number.
 *
 * @param count the number of partitions, 1 to {@value #MAX}
 */
public record LikePartitions(int count) {
    /** The greatest number of partitions. */
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
     * The partition of a character.
     *
     * @param ocid identifies the character
     * @return 0 to {@code count - 1}
     */
    public int of(Ocid ocid) {
        return of(ocid.value());
    }

    /**
     * The partition that notes the idempotency keys of an account, besides those of the characters.
     *
     * @param account identifies the account
     * @return 0 to {@code count - 1}
     */
    public int of(AccountId account) {
        return of(account.value());
    }

    private int of(String value) {
        if (count == 1) {
            return 0;
        }
        CRC32 crc = new CRC32();
        crc.update(value.getBytes(StandardCharsets.UTF_8));
        return (int) (crc.getValue() % count);
    }

    /**
     * All partitions.
     *
     * @return 0 to {@code count - 1}, in order
     */
    public IntStream all() {
        return IntStream.range(0, count);
    }

    /**
     * The Redis names of a partition.
     *
     * @param partition 0 to {@code count - 1}
     * @return its keys and its channel
     */
    public LikeKeys keys(int partition) {
        return new LikeKeys(count == 1 ? "{likes}" : "{likes:" + partition + "}");
    }

    /**
     * The Redis names of a character's partition.
     *
     * @param ocid identifies the character
     * @return its keys and its channel
     */
    public LikeKeys keys(Ocid ocid) {
        return keys(of(ocid));
    }
}
