package maple.like.bootstrap;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import maple.like.application.port.out.LikeEventBus;
import maple.like.domain.LikeEvent;

/** Sends nothing to other instances: their L1 entries live until their TTL. */
final class SilentLikeEventBus implements LikeEventBus {
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LikeEvent event) {
        listeners.forEach(listener -> listener.onOwnEvent(event));
    }

    @Override
    public void subscribe(Listener listener) {
        listeners.add(listener);
    }
}
