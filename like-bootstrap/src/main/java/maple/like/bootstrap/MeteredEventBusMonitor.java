package maple.like.bootstrap;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import maple.like.application.event.EventBusMonitor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts events and logs what an operator has to know of them. */
final class MeteredEventBusMonitor implements EventBusMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(MeteredEventBusMonitor.class);

    private final Counter published;
    private final Counter failed;
    private final Counter received;
    private final Counter gaps;

    MeteredEventBusMonitor(MeterRegistry meters) {
        this.published = meters.counter("like.event.publish", "status", "success");
        this.failed = meters.counter("like.event.publish", "status", "failure");
        this.received = meters.counter("like.event.received");
        this.gaps = meters.counter("like.event.gap");
    }

    @Override
    public void published(int events) {
        published.increment(events);
    }

    @Override
    public void publishFailed(int events) {
        failed.increment(events);
    }

    @Override
    public void received(int events) {
        received.increment(events);
    }

    @Override
    public void gap(String sourceInstanceId) {
        gaps.increment();
        LOG.info("Events of {} were lost; evicting all counts", sourceInstanceId);
    }

    @Override
    public void malformed(String channel, IllegalArgumentException reason) {
        LOG.warn("A message on {} is not a like event ({}); evicting all counts", channel, reason.getMessage());
    }

    @Override
    public void duplicateInstanceId(String instanceId) {
        LOG.error(
                "Another instance has the id {} too. Its events are received, but losses among them are not noticed."
                        + " Set app.instance-id to a different name for each instance",
                instanceId);
    }

    @Override
    public void listenerFailed(Throwable failure) {
        LOG.error("An event listener failed; the others are called nevertheless", failure);
    }
}
