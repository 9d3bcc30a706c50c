package maple.like.bootstrap;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import maple.like.adapter.web.TokenRefusal;
import maple.like.adapter.web.WebMonitor;

/** Counts refused callers. No tag contains an account. */
final class MeteredWebMonitor implements WebMonitor {
    private final Map<TokenRefusal, Counter> refused = new EnumMap<>(TokenRefusal.class);
    private final MeterRegistry meters;

    MeteredWebMonitor(MeterRegistry meters) {
        this.meters = meters;
        Arrays.stream(TokenRefusal.values())
                .forEach(reason -> refused.put(
                        reason,
                        Counter.builder("like.auth.refused")
                                .description("Tokens that were refused")
                                .tag("reason", reason.label())
                                .register(meters)));
    }

    @Override
    public void tokenRefused(TokenRefusal reason) {
        Objects.requireNonNull(refused.get(reason)).increment();
    }

    @Override
    public void overLimit(String limit) {
        meters.counter("like.limits.exceeded", "limit", limit).increment();
    }
}
