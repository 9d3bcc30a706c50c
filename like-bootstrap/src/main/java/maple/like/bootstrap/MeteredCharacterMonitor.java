package maple.like.bootstrap;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import maple.like.adapter.jpa.CharacterMonitor;
import maple.like.domain.Ocid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts and logs what others did to the tables. */
final class MeteredCharacterMonitor implements CharacterMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(MeteredCharacterMonitor.class);

    private final Counter skipped;
    private final Counter namesTaken;

    MeteredCharacterMonitor(MeterRegistry meters) {
        this.skipped = meters.counter("like.characters.skipped");
        this.namesTaken = meters.counter("like.characters.name.taken");
    }

    @Override
    public void skipped(String row, String reason) {
        skipped.increment();
        LOG.warn("{} is skipped: {}", row, reason);
    }

    @Override
    public void nameTaken(String name, Ocid ocid, String countedFor) {
        namesTaken.increment();
        LOG.warn(
                "The name {} has another OCID than before; if it is the same character, join the two:"
                        + " characters merge --from {} --to {}. Redis counts the new one under its OCID",
                name,
                countedFor,
                ocid);
    }

    @Override
    public void refused(String reason) {
        LOG.warn(
                "The database refuses calls for want of a right or a table: {}. They get 503 and what they would store stays"
                        + " pending, until it is given back",
                reason);
    }

    @Override
    public void allowed(Duration refusedFor) {
        LOG.info("The database carries out every call again; it refused some for {} s", refusedFor.toSeconds());
    }
}
