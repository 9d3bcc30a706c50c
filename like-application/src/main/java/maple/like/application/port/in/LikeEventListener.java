package maple.like.application.port.in;

import maple.like.domain.LikeEvent;

/** Hears what other instances changed. Called by one thread at a time, never for changes of this instance. */
public interface LikeEventListener {
    /** Likes of this character changed elsewhere. */
    void onLikeEvent(LikeEvent event);

    /** Any number of events may have been missed, of any character. */
    void onEventsMissed();
}
