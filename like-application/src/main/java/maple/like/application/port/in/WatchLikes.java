package maple.like.application.port.in;

import java.util.Collection;
import java.util.Map;
import maple.like.application.LikesUnavailableException;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.Ocid;

/** Follows counts as they change, on this instance and on others. Safe for use by any number of threads. */
public interface WatchLikes {
    /**
     * Finds known characters; unknown names are left out and not looked up externally.
     *
     * @throws LikesUnavailableException if that cannot be answered now
     */
    Map<CharacterName, GameCharacter> find(Collection<CharacterName> names);

    /**
     * Reads counts. A count that is read after its change was notified of includes that change.
     *
     * @return without characters that do not exist
     * @throws LikesUnavailableException if one of them cannot be given now
     */
    Map<GameCharacter, LikeCount> counts(Collection<GameCharacter> characters);

    /**
     * Whether a watcher is notified of every change now. Otherwise it should read the counts again and again; they are then
     * not those that were read before.
     */
    boolean notifies();

    /** Adds a watcher, for as long as the service lives. */
    void watch(Watcher watcher);

    /** Is notified of changes. Called by any thread, which must not be kept waiting. */
    interface Watcher {
        /** The count of a character changed. */
        void onChange(Ocid ocid);

        /** Any count may have changed. */
        void onAnyChange();
    }
}
