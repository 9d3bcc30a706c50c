package maple.like.bench.section;

/** What can be measured, in the order in which it is. */
public enum Sections {
    /** Toggles per second, and what they cost Redis. */
    TOGGLES;

    Section section() {
        return switch (this) {
            case TOGGLES -> new Toggles();
        };
    }
}
