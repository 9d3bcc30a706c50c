/** The words and rules of liking a game character. Requires nothing but {@code java.base}. */
module maple.like.domain {
    exports maple.like.domain;
}
