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
    /** An older version of the product, where a run has one. */
    EARLIER,
    /** The product. */
    SERVICE;

    /** Whether toggles reach Redis. */
    boolean usesRedis() {
        return this == SOURCE || isProduct();
    }

    /** Whether it is a version of the product, which stores later what it tells at once. */
    boolean isProduct() {
        return this == EARLIER || this == SERVICE;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
