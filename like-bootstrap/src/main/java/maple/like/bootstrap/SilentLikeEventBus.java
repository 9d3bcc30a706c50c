package maple.like.bootstrap;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import maple.like.application.port.out.LikeEventBus;
import maple.like.domain.LikeEvent;

/** Sends nothing to other instances, and receives nothing: L1 entries live until their TTL. */
final class SilentLikeEventBus implements LikeEventBus {
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final boolean isAlone;

    /** @param isAlone whether there are no other instances */
    SilentLikeEventBus(boolean isAlone) {
        this.isAlone = isAlone;
    }

    @Override
    public void publish(LikeEvent event) {
        listeners.forEach(listener -> listener.onOwnEvent(event));
    }

    @Override
    public void subscribe(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public boolean isConnected() {
        return isAlone;
    }

    @Override
    public void reportLoss() {
        listeners.forEach(Listener::onEventsLost);
    }
}
