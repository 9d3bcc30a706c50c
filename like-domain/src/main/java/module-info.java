/** The words and rules of liking a game character. Requires nothing but {@code java.base} at run time. */
module maple.like.domain {
    requires static org.jspecify;

    exports maple.like.domain;
}
