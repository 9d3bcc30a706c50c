package maple.like.adapter.jpa.adoption;

import org.jspecify.annotations.Nullable;

/**
 * A column that exists.
 *
 * @param type as the database writes it, in lower case
 * @param length in characters; 0 where the type has none
 * @param fallback the default; null where there is none
 * @param collation null where it is the database's own, or none
 * @param generated whether the database supplies a value that an insert omits
 */
record Column(
        String name,
        String type,
        long length,
        boolean nullable,
        @Nullable String fallback,
        @Nullable String collation,
        boolean generated) {}
