package maple.like.bootstrap;

import maple.like.application.port.in.LikeEventListener;
import maple.like.application.port.out.LikeEventBus;
import maple.like.domain.LikeEvent;

/** Connects nobody: what other instances change is noticed when remembered entries expire. */
final class SilentLikeEventBus implements LikeEventBus {
    @Override
    public void publish(LikeEvent event) {}

    @Override
    public void subscribe(LikeEventListener listener) {}
}
