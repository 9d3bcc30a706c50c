package protocol;

/** Trust of one instance in Redis. */
final class Instance {
    final String name;
    Trust trust = new Trust(false, 0, 0);
    int silencesNoticed;

    Instance(String name, int silences) {
        this.name = name;
        this.silencesNoticed = silences;
    }

    void withdraw() {
        trust = new Trust(false, trust.doubts() + 1, trust.epoch());
    }

    /** False where trust was withdrawn since. */
    boolean give(Trust before) {
        if (trust.doubts() == before.doubts()) {
            trust = new Trust(true, before.doubts(), before.epoch());
        }
        return trust.doubts() == before.doubts();
    }
}

record Trust(boolean given, long doubts, long epoch) {
    Trust after(long epoch) {
        return new Trust(given, doubts, epoch);
    }
}
