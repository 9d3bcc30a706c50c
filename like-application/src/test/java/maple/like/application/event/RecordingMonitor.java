package maple.like.application.event;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records what a bus reports. */
public final class RecordingMonitor implements EventBusMonitor {
    public final List<String> reports = new CopyOnWriteArrayList<>();

    @Override
    public void published(int events) {
        reports.add("published " + events);
    }

    @Override
    public void publishFailed(int events) {
        reports.add("failed " + events);
    }

    @Override
    public void received(int events) {
        reports.add("received " + events);
    }

    @Override
    public void gap(String sourceInstanceId) {
        reports.add("gap of " + sourceInstanceId);
    }

    @Override
    public void malformed(String channel, IllegalArgumentException reason) {
        reports.add("malformed on " + channel);
    }

    @Override
    public void duplicateInstanceId(String instanceId) {
        reports.add("duplicate " + instanceId);
    }

    @Override
    public void listenerFailed(Throwable failure) {
        reports.add("listener failed: " + failure.getMessage());
    }
}
