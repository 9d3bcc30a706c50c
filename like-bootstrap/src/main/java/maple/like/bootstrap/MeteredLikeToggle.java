package maple.like.bootstrap;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeIntent;
import maple.like.domain.RelationKey;

/** Times a toggle as {@code like.toggle}, by its result and by who decided. */
final class MeteredLikeToggle implements LikeToggle {
    private final LikeToggle toggle;
    private final MeterRegistry meters;
    private final Map<Authority, Map<Result, Timer>> timers = new EnumMap<>(Authority.class);

    private enum Result {
        LIKED,
        UNLIKED,
        UNCHANGED,
        UNKNOWN_CHARACTER,
        FAILED
    }

    MeteredLikeToggle(LikeToggle toggle, BufferStrategy strategy, MeterRegistry meters) {
        this.toggle = toggle;
        this.meters = meters;
        timers.put(Authority.BUFFER, timers(strategy == BufferStrategy.REDIS ? "redis" : "memory", meters));
        timers.put(Authority.STORE, timers("fallback", meters));
    }

    private static Map<Result, Timer> timers(String path, MeterRegistry meters) {
        Map<Result, Timer> timers = new EnumMap<>(Result.class);
        for (Result result : Result.values()) {
            timers.put(
                    result,
                    Timer.builder("like.toggle")
                            .description("Toggles, by what became of them and by who carried them out")
                            .tags("result", result.name().toLowerCase(Locale.ROOT), "path", path)
                            .publishPercentileHistogram()
                            .minimumExpectedValue(Duration.ofMillis(1))
                            .maximumExpectedValue(Duration.ofSeconds(5))
                            .register(meters));
        }
        return timers;
    }

    @Override
    public Optional<Toggled> apply(RelationKey relation, CharacterName name, LikeIntent intent) {
        Timer.Sample sample = Timer.start(meters);
        Authority authority = Authority.STORE; // who fails last: it is asked after Redis
        Result result = Result.FAILED;
        try {
            Optional<Toggled> toggled = toggle.apply(relation, name, intent);
            authority = toggled.map(Toggled::decidedBy).orElse(Authority.BUFFER);
            result = toggled.map(MeteredLikeToggle::result).orElse(Result.UNKNOWN_CHARACTER);
            return toggled;
        } finally {
            sample.stop(requireNonNull(requireNonNull(timers.get(authority)).get(result)));
        }
    }

    private static Result result(Toggled toggled) {
        if (!toggled.changed()) {
            return Result.UNCHANGED;
        }
        return toggled.status().liked() ? Result.LIKED : Result.UNLIKED;
    }
}
