package maple.like.bench.yardstick;

import maple.like.application.port.out.LikeEventBus;
import maple.like.domain.LikeEvent;

/** The use cases of a yardstick publish nothing; {@link SourceLikes} publishes events itself. */
final class NoEvents implements LikeEventBus {
    @Override
    public void publish(LikeEvent event) {}

    @Override
    public void subscribe(Listener listener) {}

    @Override
    public void reportLoss() {}
}
