package maple.like.bootstrap;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import maple.like.adapter.web.StreamMonitor;

/** Counts streams and what they send. */
final class MeteredStreamMonitor implements StreamMonitor {
    private final AtomicInteger open = new AtomicInteger();
    private final Counter refused;
    private final Counter sent;
    private final Counter dropped;
    private final Map<Reason, Counter> closed = new EnumMap<>(Reason.class);

    MeteredStreamMonitor(MeterRegistry meters) {
        Gauge.builder("like.live.streams", open, AtomicInteger::get)
                .description("Streams of counts that are open")
                .register(meters);
        this.refused = counter("like.live.refused", "Streams refused because too many are open", meters);
        this.sent = counter("like.live.sent", "Counts sent on streams", meters);
        this.dropped =
                counter("like.live.dropped", "Counts replaced by newer ones because the client did not read", meters);
        for (Reason reason : Reason.values()) {
            closed.put(
                    reason,
                    Counter.builder("like.live.closed")
                            .description("Streams closed, by reason")
                            .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                            .register(meters));
        }
    }

    private static Counter counter(String name, String description, MeterRegistry meters) {
        return Counter.builder(name).description(description).register(meters);
    }

    @Override
    public void opened() {
        open.incrementAndGet();
    }

    @Override
    public void refused() {
        refused.increment();
    }

    @Override
    public void sent(int counts) {
        sent.increment(counts);
    }

    @Override
    public void dropped() {
        dropped.increment();
    }

    @Override
    public void closed(Reason reason) {
        open.decrementAndGet();
        Objects.requireNonNull(closed.get(reason)).increment();
    }
}
