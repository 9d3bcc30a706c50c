package protocol;

import java.util.List;
import java.util.Locale;

/** What the code does today although it breaks a promise. The model follows the intended rule unless told otherwise. */
enum AsBuilt {
    READS(
            "a read that Redis does not answer is answered from rows that may be behind",
            Fault.LOST_ANSWER, Fault.OUTAGE, Fault.STALL),
    NUMBER(
            "a batch is known by its number alone, which two claims, or a journal and a longer one, can share",
            Fault.STALL, Fault.OUTAGE, Fault.LOSS, Fault.LOST_LOCK, Fault.DATABASE);

    final String effect;

    /** What it takes for the difference to show. */
    final List<Fault> faults;

    AsBuilt(String effect, Fault... faults) {
        this.effect = effect;
        this.faults = List.of(faults);
    }

    String option() {
        return name().toLowerCase(Locale.ROOT) + "-as-built";
    }
}
