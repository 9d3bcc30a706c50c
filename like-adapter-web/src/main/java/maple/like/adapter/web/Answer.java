package maple.like.adapter.web;

/** The body of every successful answer of the API. */
record Answer<T>(boolean success, T data) {
    static <T> Answer<T> of(T data) {
        return new Answer<>(true, data);
    }
}
