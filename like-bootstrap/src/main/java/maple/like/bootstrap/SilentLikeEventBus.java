package maple.like.bootstrap;

import maple.like.application.port.out.LikeEventBus;
import maple.like.domain.LikeEvent;

/** Sends nothing: the changes of other instances are seen when L1 entries expire. */
final class SilentLikeEventBus implements LikeEventBus {
    @Override
    public void publish(LikeEvent event) {}

    @Override
    public void subscribe(Listener listener) {}
}
