package maple.like.application.event;

import java.util.function.Consumer;

/** Keeps what a monitor throws from the threads that publish and receive events, which must not end. */
final class QuietMonitor implements EventBusMonitor {
    private final EventBusMonitor monitor;

    QuietMonitor(EventBusMonitor monitor) {
        this.monitor = monitor;
    }

    private void report(Consumer<EventBusMonitor> report) {
        try {
            report.accept(monitor);
        } catch (Throwable e) {
            // There is no one else to report it to.
        }
    }

    @Override
    public void published(int events) {
        report(it -> it.published(events));
    }

    @Override
    public void publishFailed(int events) {
        report(it -> it.publishFailed(events));
    }

    @Override
    public void received(int events) {
        report(it -> it.received(events));
    }

    @Override
    public void gap(String sourceInstanceId) {
        report(it -> it.gap(sourceInstanceId));
    }

    @Override
    public void malformed(String channel, IllegalArgumentException reason) {
        report(it -> it.malformed(channel, reason));
    }

    @Override
    public void duplicateInstanceId(String instanceId) {
        report(it -> it.duplicateInstanceId(instanceId));
    }

    @Override
    public void listenerFailed(Throwable failure) {
        report(it -> it.listenerFailed(failure));
    }
}
