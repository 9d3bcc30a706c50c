package maple.like.bootstrap.chaos;

/**
 * One call of a client, and what came of it. Times are nanoseconds since the run began.
 *
 * @param instance which one was called
 * @param liked what the answer said; false if there was none
 * @param likeCount what the answer said; 0 if there was none
 * @param answer for people
 */
record Operation(
        Relation relation,
        Kind kind,
        int instance,
        long invoked,
        long completed,
        Outcome outcome,
        boolean liked,
        long likeCount,
        String answer) {

    record Relation(String account, String character) {
        @Override
        public String toString() {
            return account + " -> " + character;
        }
    }

    enum Kind {
        TOGGLE("POST", "/like"),
        LIKE("PUT", "/like"),
        UNLIKE("DELETE", "/like"),
        STATUS("GET", "/like/status"),
        COUNT("GET", "/like/count");

        final String method;
        final String path;

        Kind(String method, String path) {
            this.method = method;
            this.path = path;
        }

        boolean changes() {
            return this == TOGGLE || this == LIKE || this == UNLIKE;
        }
    }

    enum Outcome {
        ACKNOWLEDGED,
        /** Refused with 503, timed out or cut off: it may have been done, or may be done yet. */
        UNANSWERED,
        /** Nobody listened, so it was not done. */
        NOT_SENT,
        /** An answer that no healthy or degraded service gives. */
        WRONG
    }

    boolean acknowledged() {
        return outcome == Outcome.ACKNOWLEDGED;
    }

    boolean mayHaveChanged() {
        return kind.changes() && (outcome == Outcome.ACKNOWLEDGED || outcome == Outcome.UNANSWERED);
    }

    static String seconds(long nanos) {
        return String.format("%.3f", nanos / 1e9);
    }

    @Override
    public String toString() {
        return seconds(invoked) + " to " + seconds(completed) + "  instance " + instance + "  " + kind.method + " "
                + (kind == Kind.STATUS || kind == Kind.COUNT ? kind.path : "") + "  " + outcome + " " + answer;
    }
}
