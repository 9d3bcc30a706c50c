package maple.like.adapter.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import maple.like.domain.LikePartitions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The scripts and their model in plain Java give the same answers, and hold the same in the end, whatever happens in
 * whatever order. What is compared is not whether either of them is right: the contract is for that.
 *
 * <p>Random; {@code -Dmodel.seed=…} repeats a run, save for the members that Redis picks for a batch.
 */
class RedisAgainstModelTest {
    private static final long SEED = Long.getLong("model.seed", new Random().nextLong());
    private static final int SEQUENCES = Integer.getInteger("model.sequences", 250);

    @AutoClose
    private static TestRedis redis;

    @BeforeAll
    static void start() {
        redis = TestRedis.started();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void redisAnswersAndHoldsWhatTheModelDoes(int count) {
        LikePartitions partitions = new LikePartitions(count);
        SplittableRandom random = new SplittableRandom(SEED);
        int steps = 0;
        for (int i = 0; i < SEQUENCES; i++) {
            List<Step> sequence = Step.sequence(random.split(), count);
            steps += sequence.size();
            if (difference(partitions, sequence).isPresent()) {
                throw new AssertionError(story(partitions, shrunk(partitions, sequence)));
            }
        }
        System.out.printf("%d partitions, -Dmodel.seed=%d: %d steps%n", count, SEED, steps);
    }

    private static Optional<Throwable> difference(LikePartitions partitions, List<Step> sequence) {
        Twins twins = new Twins(redis, partitions);
        try {
            sequence.forEach(new Processes(twins)::take);
            twins.compareContents();
            return Optional.empty();
        } catch (AssertionError | RuntimeException difference) {
            return Optional.of(difference);
        }
    }

    /** Leaves out, one after another, the steps that the difference does not need. */
    private static List<Step> shrunk(LikePartitions partitions, List<Step> sequence) {
        List<Step> needed = new ArrayList<>(sequence);
        for (int i = needed.size() - 1; i >= 0; i--) {
            Step left = needed.remove(i);
            if (difference(partitions, needed).isEmpty()) {
                needed.add(i, left);
            }
        }
        return needed;
    }

    private static String story(LikePartitions partitions, List<Step> steps) {
        return "-Dmodel.seed=" + SEED + ", " + partitions.count() + " partitions:\n"
                + steps.stream().map(step -> "  " + step + "\n").collect(Collectors.joining())
                + difference(partitions, steps).map(Throwable::getMessage).orElse("now there is no difference");
    }
}
