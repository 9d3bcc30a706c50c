package maple.like.bench.section;

import java.util.List;
import maple.like.bench.report.Series;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;

/** A way to store relations in the database. */
interface Storing {
    /** Its name in progress lines. */
    String name();

    /** Stores new relations. The preparation is not measured. */
    Result store(List<Pending> relations);

    /** A relation to store. */
    record Pending(AccountId account, GameCharacter character) {}

    /**
     * What was measured.
     *
     * @param perSecond relations stored
     * @param batchMillis the duration of each transaction
     */
    record Result(double perSecond, Series batchMillis) {
        /** Sums up batches that were stored one after another. */
        static Result of(int relations, List<Double> batchMillis) {
            double seconds =
                    batchMillis.stream().mapToDouble(Double::doubleValue).sum() / 1e3;
            return new Result(relations / seconds, new Series(batchMillis));
        }
    }
}
