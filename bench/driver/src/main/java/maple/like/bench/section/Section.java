package maple.like.bench.section;

/** A part of the benchmark. */
interface Section {
    /** Measures and reports. */
    void run(Bench bench);
}
