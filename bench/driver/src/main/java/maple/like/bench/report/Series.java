package maple.like.bench.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Measured values of one figure, mostly one per round.
 *
 * @param values in the order in which they were measured, one or more
 */
public record Series(List<Double> values) {
    /** Copies the values. */
    public Series {
        values = List.copyOf(values);
    }

    /** The middle value, or the mean of the two in the middle. */
    public double median() {
        double[] sorted = sorted();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The smallest value that this percentage of the values does not exceed. */
    public double percentile(double percent) {
        return sorted()[(int) Math.ceil(percent / 100 * values.size()) - 1];
    }

    /** The smallest value. */
    public double min() {
        return sorted()[0];
    }

    /** The largest value. */
    public double max() {
        return sorted()[values.size() - 1];
    }

    private double[] sorted() {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    /** The quotients, round by round: a disturbance of a whole round affects them less than the values. */
    public Series over(Series other) {
        return new Series(IntStream.range(0, values.size())
                .mapToObj(round -> values.get(round) / other.values.get(round))
                .toList());
    }

    /** The median alone. */
    public String medianText(int decimals) {
        return number(median(), decimals);
    }

    /** Median and spread. */
    public String text(int decimals) {
        return text(decimals, "");
    }

    /** Median and spread, with a unit. */
    public String text(int decimals, String unit) {
        String median = number(median(), decimals) + unit;
        return values.size() == 1
                ? median
                : median + " (" + number(min(), decimals) + " to " + number(max(), decimals) + ")";
    }

    /** Formats a number. */
    public static String number(double value, int decimals) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
