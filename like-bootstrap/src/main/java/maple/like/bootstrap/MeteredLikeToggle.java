package maple.like.bootstrap;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeIntent;
import maple.like.domain.RelationKey;

/** Times a toggle as {@code like.toggle}, by its result and by the path that it took. */
final class MeteredLikeToggle implements LikeToggle {
    private final LikeToggle toggle;
    private final MeterRegistry meters;
    private final Map<Result, Timer> timers;

    private enum Result {
        LIKED,
        UNLIKED,
        UNCHANGED,
        UNKNOWN_CHARACTER,
        FAILED
    }

    MeteredLikeToggle(LikeToggle toggle, String path, MeterRegistry meters) {
        this.toggle = toggle;
        this.meters = meters;
        this.timers = Arrays.stream(Result.values())
                .collect(toMap(
                        result -> result,
                        result -> Timer.builder("like.toggle")
                                .description("Toggles, by what became of them and by who carried them out")
                                .tags("result", result.name().toLowerCase(Locale.ROOT), "path", path)
                                .publishPercentileHistogram()
                                .minimumExpectedValue(Duration.ofMillis(1))
                                .maximumExpectedValue(Duration.ofSeconds(5))
                                .register(meters)));
    }

    @Override
    public Optional<Toggled> apply(RelationKey relation, CharacterName name, LikeIntent intent) {
        Timer.Sample sample = Timer.start(meters);
        Result result = Result.FAILED;
        try {
            Optional<Toggled> toggled = toggle.apply(relation, name, intent);
            result = toggled.map(MeteredLikeToggle::result).orElse(Result.UNKNOWN_CHARACTER);
            return toggled;
        } finally {
            sample.stop(requireNonNull(timers.get(result)));
        }
    }

    private static Result result(Toggled toggled) {
        if (!toggled.changed()) {
            return Result.UNCHANGED;
        }
        return toggled.status().liked() ? Result.LIKED : Result.UNLIKED;
    }
}
