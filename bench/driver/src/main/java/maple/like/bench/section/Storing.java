package maple.like.bench.section;

import java.util.List;
import maple.like.bench.report.Series;
import maple.like.domain.GameCharacter;
import maple.like.domain.RelationKey;

/** A way to bring relations to the database. */
interface Storing {
    /** What the report calls it. */
    String name();

    /** Stores relations that are not there yet. What must be done before is not measured. */
    Result store(List<Pending> relations);

    /**
     * A relation that is to be stored.
     *
     * @param key who likes whom
     * @param target who is liked
     */
    record Pending(RelationKey key, GameCharacter target) {}

    /**
     * What it came to.
     *
     * @param perSecond relations stored
     * @param batchMillis the duration of each transaction
     */
    record Result(double perSecond, Series batchMillis) {
        /** Of relations that were stored one batch after another. */
        static Result of(int relations, List<Double> batchMillis) {
            double seconds =
                    batchMillis.stream().mapToDouble(Double::doubleValue).sum() / 1e3;
            return new Result(relations / seconds, new Series(batchMillis));
        }
    }
}
