package maple.like.adapter.redis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeIntent;

/**
 * Something that a process does, or that happens to Redis, and whatever any kind of it needs.
 *
 * @param few how many relations, where it is not about all of them
 * @param age mostly 0; more for a process that was stalled, and continues with what it knew so many changes ago
 */
record Step(Kind kind, AccountId account, GameCharacter character, LikeIntent intent, int partition, int few, int age) {
    private static final int LONGEST = 80;

    enum Kind {
        CLICK(60),
        CLICK_WITH_KEY(30),
        READ_STATUS(6),
        READ_COUNT(8),
        READ_BACKLOG(2),
        EXPIRE_TOTALS(8),
        EMPTY_REDIS(4),
        /** Redis goes back to this moment if {@link #GO_BACK} comes. */
        SAVE(4),
        GO_BACK(4),
        CLAIM_FEW(15),
        CLAIM_ALL(15),
        /** A process sends again what it sent a while ago, and does not know that it has lost the lock since. */
        CLAIM_AGAIN(4),
        COMMIT(20),
        FINISH(15),
        /** A round to which nothing happens. */
        FLUSH(15),
        /** Copies the page that a claim said was missing. */
        COPY_PAGE(12),
        /** The last page again, whatever happened since. */
        COPY_PAGE_AGAIN(4),
        /** Without Redis. */
        DECIDE(12),
        DECIDE_WITH_KEY(6);

        private final int weight;

        Kind(int weight) {
            this.weight = weight;
        }
    }

    /** How often each kind comes is drawn first, so that no two sequences are of the same character. */
    static List<Step> sequence(SplittableRandom random, int partitions) {
        int likers = 1 + random.nextInt(Twins.ACCOUNTS.size());
        int targets = 1 + random.nextInt(Twins.CHARACTERS.size());
        List<Kind> kinds = new ArrayList<>(List.of(Kind.EXPIRE_TOTALS));
        for (Kind kind : Kind.values()) {
            kinds.addAll(Collections.nCopies(random.nextInt(2 * kind.weight), kind));
        }
        return Stream.generate(() -> new Step(
                        kinds.get(random.nextInt(kinds.size())),
                        Twins.ACCOUNTS.get(random.nextInt(likers)),
                        Twins.CHARACTERS.get(random.nextInt(targets)),
                        LikeIntent.values()[random.nextInt(LikeIntent.values().length)],
                        random.nextInt(partitions),
                        2 + random.nextInt(4),
                        random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0))
                .limit(random.nextInt(LONGEST))
                .toList();
    }
}
