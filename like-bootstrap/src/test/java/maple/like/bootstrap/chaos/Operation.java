package maple.like.bootstrap.chaos;

/**
 * One call of a client, and its answer. Times are nanoseconds since the run began.
 *
 * @param instance the number of the instance that was called
 * @param liked what the answer says; false if there is none
 * @param likeCount what the answer says; 0 if there is none
 * @param answer for reports
 */
record Operation(
        Relation relation,
        Kind kind,
        int client,
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
        TOGGLE(20, "POST", "/like"),
        /** With an idempotency key, and repeated with it until it is answered. */
        TOGGLE_ONCE(20, "POST", "/like"),
        LIKE(18, "PUT", "/like"),
        UNLIKE(16, "DELETE", "/like"),
        STATUS(20, "GET", "/like/status"),
        COUNT(6, "GET", "/like/count");

        /** How often it is called, of 100 calls. */
        final int weight;

        final String method;
        final String path;

        Kind(int weight, String method, String path) {
            this.weight = weight;
            this.method = method;
            this.path = path;
        }

        boolean changes() {
            return toggles() || sets();
        }

        boolean toggles() {
            return this == TOGGLE || this == TOGGLE_ONCE;
        }

        boolean sets() {
            return this == LIKE || this == UNLIKE;
        }
    }

    enum Outcome {
        ACKNOWLEDGED,
        /** Answered with 503, timed out or cut off: it may have been carried out, or may be yet. */
        UNANSWERED,
        /** No instance accepted the connection. */
        NOT_SENT,
        /** Neither 200 nor 503. */
        WRONG
    }

    /** Whether a repetition may be answered. */
    boolean isOpen() {
        return outcome == Outcome.UNANSWERED || outcome == Outcome.NOT_SENT;
    }

    /** As one operation with the calls that it repeats. */
    Operation begunWith(Operation first, boolean sent) {
        return new Operation(
                relation,
                kind,
                client,
                instance,
                first.invoked(),
                completed,
                outcome == Outcome.NOT_SENT && sent ? Outcome.UNANSWERED : outcome,
                liked,
                likeCount,
                answer);
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
        return seconds(invoked) + " to " + seconds(completed) + "  client " + client + " at instance " + instance + "  "
                + kind + "  " + outcome + " " + answer;
    }
}
