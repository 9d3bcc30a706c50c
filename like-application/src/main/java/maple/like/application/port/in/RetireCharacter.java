package maple.like.application.port.in;

import java.util.Optional;
import maple.like.application.LikesUnavailableException;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import org.jspecify.annotations.Nullable;

/**
 * Takes a character out of service: its likes become likes of a successor, or are taken back. All changes are ordinary
 * ones, so that rows, counts, the primary store and events follow. Any number of instances may run meanwhile. May be killed
 * at any instruction, and run again.
 */
public interface RetireCharacter {
    /**
     * Tells what {@link #retire} would do, as of the last flush.
     *
     * @param successor null for none
     * @return empty where there is no such character
     */
    Optional<Plan> plan(Ocid ocid, @Nullable Ocid successor);

    /**
     * Retires a character. Waits until no instance remembers its names.
     *
     * @param successor null for none
     * @throws LikesUnavailableException if the primary store or the database is unavailable
     */
    Result retire(Ocid ocid, @Nullable Ocid successor);

    /**
     * What is to be done.
     *
     * @param character the character
     * @param likes its stored likes
     * @param shared how many of them are of accounts that like the successor as well
     */
    record Plan(GameCharacter character, long likes, long shared) {}

    /**
     * What was done.
     *
     * @param likes how many likes were taken back
     * @param removed whether the character is gone; not where it was liked meanwhile
     */
    record Result(long likes, boolean removed) {}
}
