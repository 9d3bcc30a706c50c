package maple.like.bench.section;

import java.util.Locale;

/** The servers that are compared. */
enum Kind {
    /** HTTP, tokens and JSON without any likes. */
    CEILING,
    /** The design of the source documents. */
    SOURCE,
    /** One database transaction for each toggle. */
    TRANSACTION,
    /** An older version of the service, if the run has one. */
    EARLIER,
    /** The service. */
    SERVICE;

    /** Whether toggles reach Redis. */
    boolean usesRedis() {
        return this == SOURCE || isService();
    }

    /** Whether it is a version of the service, which writes behind. */
    boolean isService() {
        return this == EARLIER || this == SERVICE;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
