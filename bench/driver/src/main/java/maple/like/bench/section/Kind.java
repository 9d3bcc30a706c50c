package maple.like.bench.section;

import java.util.Locale;

/** What is compared. */
enum Kind {
    /** HTTP, tokens and JSON without any likes. */
    CEILING,
    /** The design of the source documents. */
    SOURCE,
    /** One database transaction for each toggle. */
    TRANSACTION,
    /** The product. */
    SERVICE;

    /** Whether toggles reach Redis. */
    boolean usesRedis() {
        return this == SOURCE || this == SERVICE;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
