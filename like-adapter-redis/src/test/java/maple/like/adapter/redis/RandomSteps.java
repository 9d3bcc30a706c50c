package maple.like.adapter.redis;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import maple.like.adapter.redis.Step.Claim;
import maple.like.adapter.redis.Step.ClaimAgain;
import maple.like.adapter.redis.Step.Click;
import maple.like.adapter.redis.Step.Commit;
import maple.like.adapter.redis.Step.CopyPage;
import maple.like.adapter.redis.Step.CopyPageAgain;
import maple.like.adapter.redis.Step.Decide;
import maple.like.adapter.redis.Step.Finish;
import maple.like.adapter.redis.Step.Flush;
import maple.like.adapter.redis.Step.ForgetTotals;
import maple.like.adapter.redis.Step.GoBack;
import maple.like.adapter.redis.Step.LoseRedis;
import maple.like.adapter.redis.Step.ReadBacklog;
import maple.like.adapter.redis.Step.ReadCount;
import maple.like.adapter.redis.Step.ReadStatus;
import maple.like.adapter.redis.Step.Save;
import maple.like.domain.LikeIntent;

/** One sequence of steps. How often each kind comes is drawn first, so that no two sequences are of the same character. */
final class RandomSteps {
    private static final int LONGEST = 80;
    private static final int ALL = 100;

    private final SplittableRandom random;
    private final int partitions;
    private final int likers;
    private final int targets;
    private final List<Kind> kinds;

    RandomSteps(SplittableRandom random, int partitions) {
        this.random = random;
        this.partitions = partitions;
        this.likers = 1 + random.nextInt(Twins.ACCOUNTS);
        this.targets = 1 + random.nextInt(Twins.CHARACTERS);
        this.kinds = List.of(
                kind(60, () -> new Click(liker(), target(), intent(), age())),
                kind(6, () -> new ReadStatus(liker(), target())),
                kind(8, () -> new ReadCount(target(), age())),
                kind(2, () -> new ReadBacklog(partition())),
                kind(8, () -> new ForgetTotals()),
                kind(4, () -> new LoseRedis()),
                kind(4, () -> new Save()),
                kind(4, () -> new GoBack()),
                kind(4, () -> new ClaimAgain(age())),
                kind(30, () -> new Claim(partition(), random.nextBoolean() ? few() : ALL)),
                kind(20, () -> new Commit(partition())),
                kind(15, () -> new Finish(partition(), age())),
                kind(15, () -> new Flush(partition())),
                kind(12, () -> new CopyPage(partition(), few())),
                kind(4, () -> new CopyPageAgain(partition())),
                kind(12, () -> new Decide(liker(), target(), intent())));
    }

    private record Kind(int weight, Supplier<Step> step) {}

    private Kind kind(int weight, Supplier<Step> step) {
        return new Kind(random.nextInt(2 * weight), step);
    }

    List<Step> sequence() {
        return Stream.generate(this::step).limit(random.nextInt(LONGEST)).toList();
    }

    private Step step() {
        int sum = kinds.stream().mapToInt(Kind::weight).sum();
        int drawn = random.nextInt(Math.max(1, sum));
        for (Kind kind : kinds) {
            drawn -= kind.weight();
            if (drawn < 0) {
                return kind.step().get();
            }
        }
        return new ForgetTotals();
    }

    private int liker() {
        return random.nextInt(likers);
    }

    private int target() {
        return random.nextInt(targets);
    }

    private LikeIntent intent() {
        return LikeIntent.values()[random.nextInt(LikeIntent.values().length)];
    }

    private int partition() {
        return random.nextInt(partitions);
    }

    private int few() {
        return 2 + random.nextInt(4);
    }

    /** Mostly of now. */
    private int age() {
        return random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0;
    }
}
