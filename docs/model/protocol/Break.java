package protocol;

import java.util.List;
import java.util.Locale;

/** The safeguards, each of which can be switched off. The model must find out. */
enum Break {
    NO_GENERATION_CHECK(77830, "an owner that lost the lock is not refused by Redis", Fault.LOST_LOCK, Fault.STALL),
    FINISH_WITHOUT_NUMBER(74536, "acknowledging takes any batch for the stored one", Fault.STALL, Fault.LOSS, Fault.LOST_LOCK),
    BUFFER_NOT_CORRECTED(74200, "acknowledging a batch leaves its deltas in the buffer"),
    CLAIM_BEFORE_RECONCILE(74275, "a flush claims without reconciling first", Fault.STALL),
    NO_FRESHNESS(74232, "a script takes what the database held, however long ago", Fault.STALL, Fault.EXPIRY),
    STORED_BATCH_COUNTED_TWICE(74619,
            "a total ignores that the batch is stored but still in the buffer",
            Fault.STALL, Fault.EXPIRY),
    GUESS_NOT_WRITTEN(85117,
            "a state taken from the database is not written where it stays as it is",
            Fault.LOSS, Fault.LOST_COMMITS),
    COUNT_FROM_BATCH(74200, "like_count changes by what the batch says, not by what the rows did"),
    NO_EPOCH_CHECK(83514,
            "a doubtful answer of Redis stands although the partition failed over since",
            Fault.STALL, Fault.OUTAGE),
    NO_PULSE(75954, "an instance does not notice that Redis was silent", Fault.STALL, Fault.OUTAGE),
    FAILOVER_WITHOUT_SILENCE(74227, "one broken connection is enough to fail a partition over", Fault.LOST_ANSWER),
    FAILOVER_UNMARKED(74208, "a decision of the database does not mark the partition as failed over", Fault.OUTAGE),
    TOGGLE_SENT_AGAIN(74262, "a toggle of unknown outcome is sent to Redis again", Fault.LOST_ANSWER),
    NO_JOURNAL_FIRST(74202, "a flush claims although there is a journal", Fault.OUTAGE),
    FAIL_BACK_BEFORE_REPLAY(74210, "a partition fails back while its journal has entries", Fault.OUTAGE),
    REPLAY_FORGETS_CLAIM(74454, "applying the journal drops what was claimed", Fault.STALL, Fault.OUTAGE),
    JOURNAL_NOT_IN_BUFFER(74202, "applying the journal does not count the difference in the buffer", Fault.OUTAGE),
    WARM_UP_OVERWRITES_UNLIKED(74333, "warm-up restores what was unliked meanwhile"),
    WARM_UP_WITHOUT_CURSOR(86585, "warm-up takes any page for the one that is missing", Fault.STALL, Fault.LOSS),
    NO_REBUILD(74202, "a Redis that went back in time is taken as it is", Fault.LOSS),
    REBUILD_FORGETS_WAITING(74373, "a rebuild drops the changes that are not in the database", Fault.LOSS),
    REBUILD_PAGE_TWICE(79010, "a page of a rebuild counts again where it is sent again", Fault.LOSS, Fault.LOST_ANSWER, Fault.LOST_LOCK),
    REBUILD_STAYS_OPEN(80775, "a Redis that is being rebuilt answers", Fault.LOSS, Fault.STALL),
    OPEN_ON_ANOTHER_CONNECTION(77804,
            "a rebuild ends although Redis went back in time since its totals were dropped", Fault.LOSS, Fault.STALL),
    HAND_OVER_UNDRAINED(74219, "the database takes over from a full Redis that has pending changes", Fault.FULL),
    READ_ONLY_UNSTORED(74215, "the database takes over from a Redis that refuses writes and has pending changes", Fault.READ_ONLY),
    HAND_OVER_STAYS_OPEN(74994, "a full Redis answers although the database has taken over", Fault.FULL, Fault.STALL),
    NO_GENERATION_NEEDED(89832, "an emptied Redis takes what the database held, however long ago", Fault.STALL, Fault.LOSS),
    AHEAD_REFUSED(74201, "an owner that finds Redis ahead is refused, for ever", Fault.LOST_COMMITS),
    REBUILT_FROM_LOST_COMMITS(74214, "a database that lost commits is taken as it is", Fault.LOST_COMMITS),
    RECOVERY_WITHOUT_TOKEN(74805, "two owners recover Redis together", Fault.LOST_COMMITS, Fault.LOST_LOCK, Fault.STALL),
    JOURNAL_APPLIED_TWICE(74285, "a journal that Redis was given is applied again", Fault.LOST_COMMITS, Fault.OUTAGE);

    /** Of a run in which the safeguard is missed. Where a change of the model makes it another run, the next ones are tried. */
    final int seed;

    final String effect;

    /** What it takes for the safeguard to be missed. */
    final List<Fault> faults;

    Break(int seed, String effect, Fault... faults) {
        this.seed = seed;
        this.effect = effect;
        this.faults = List.of(faults);
    }

    String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
