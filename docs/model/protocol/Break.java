package protocol;

import java.util.List;
import java.util.Locale;

/** The safeguards, each of which can be switched off. The model must find out. */
enum Break {
    NO_GENERATION_CHECK("an owner that lost the lock is not refused by Redis", Fault.LOST_LOCK, Fault.STALL),
    FINISH_WITHOUT_NUMBER("acknowledging takes any batch for the stored one", Fault.STALL, Fault.LOSS, Fault.LOST_LOCK),
    BUFFER_NOT_CORRECTED("acknowledging a batch leaves its deltas in the buffer"),
    CLAIM_BEFORE_RECONCILE("a flush claims without reconciling first", Fault.STALL),
    NO_FRESHNESS("a script takes what the database held, however long ago", Fault.STALL, Fault.EXPIRY),
    STORED_BATCH_COUNTED_TWICE(
            "a total ignores that the batch is stored but still in the buffer",
            Fault.STALL, Fault.EXPIRY),
    GUESS_NOT_WRITTEN(
            "a state taken from the database is not written where it stays as it is",
            Fault.LOSS, Fault.LOST_COMMITS),
    COUNT_FROM_BATCH("like_count changes by what the batch says, not by what the rows did"),
    NO_EPOCH_CHECK(
            "a doubtful answer of Redis stands although the partition failed over since",
            Fault.STALL, Fault.OUTAGE),
    NO_PULSE("an instance does not notice that Redis was silent", Fault.STALL, Fault.OUTAGE),
    FAILOVER_WITHOUT_SILENCE("one broken connection is enough to fail a partition over", Fault.LOST_ANSWER),
    FAILOVER_UNMARKED("a decision of the database does not mark the partition as failed over", Fault.OUTAGE),
    TOGGLE_SENT_AGAIN("a toggle of unknown outcome is sent to Redis again", Fault.LOST_ANSWER),
    NO_JOURNAL_FIRST("a flush claims although there is a journal", Fault.OUTAGE),
    FAIL_BACK_BEFORE_REPLAY("a partition fails back while its journal has entries", Fault.OUTAGE),
    REPLAY_FORGETS_CLAIM("applying the journal drops what was claimed", Fault.STALL, Fault.OUTAGE),
    JOURNAL_NOT_IN_BUFFER("applying the journal does not count the difference in the buffer", Fault.OUTAGE),
    WARM_UP_OVERWRITES_UNLIKED("warm-up restores what was unliked meanwhile"),
    WARM_UP_WITHOUT_CURSOR("warm-up takes any page for the one that is missing", Fault.STALL, Fault.LOSS),
    NO_REBUILD("a Redis that went back in time is taken as it is", Fault.LOSS),
    REBUILD_FORGETS_WAITING("a rebuild drops the changes that are not in the database", Fault.LOSS),
    REBUILD_PAGE_TWICE("a page of a rebuild counts again where it is sent again", Fault.LOSS, Fault.LOST_ANSWER, Fault.LOST_LOCK),
    REBUILD_STAYS_OPEN("a Redis that is being rebuilt answers", Fault.LOSS, Fault.STALL),
    OPEN_ON_ANOTHER_CONNECTION(
            "a rebuild ends although Redis went back in time since its totals were dropped", Fault.LOSS, Fault.STALL),
    HAND_OVER_UNDRAINED("the database takes over from a full Redis that has pending changes", Fault.FULL),
    READ_ONLY_UNSTORED("the database takes over from a Redis that refuses writes and has pending changes", Fault.READ_ONLY),
    HAND_OVER_STAYS_OPEN("a full Redis answers although the database has taken over", Fault.FULL, Fault.STALL),
    NO_GENERATION_NEEDED("an emptied Redis takes what the database held, however long ago", Fault.STALL, Fault.LOSS),
    AHEAD_REFUSED("an owner that finds Redis ahead is refused, for ever", Fault.LOST_COMMITS),
    REBUILT_FROM_LOST_COMMITS("a database that lost commits is taken as it is", Fault.LOST_COMMITS),
    RECOVERY_WITHOUT_TOKEN("two owners recover Redis together", Fault.LOST_COMMITS, Fault.LOST_LOCK, Fault.STALL),
    JOURNAL_APPLIED_TWICE("a journal that Redis was given is applied again", Fault.LOST_COMMITS, Fault.OUTAGE);

    final String effect;

    /** What it takes for the safeguard to be missed. */
    final List<Fault> faults;

    Break(String effect, Fault... faults) {
        this.effect = effect;
        this.faults = List.of(faults);
    }

    String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
