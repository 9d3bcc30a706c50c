package maple.like.bench.section;

/** A part of the benchmark. */
interface Section {
    /** Measures, and reports what came out. */
    void run(Bench bench);
}
