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

/** Observes toggles as {@code like.toggle}, by their result and by who decided. */
final class ObservedLikeToggle implements LikeToggle {
    private static final String NAME = "like.toggle";

    private final LikeToggle toggle;
    private final Operations operations;
    private final Map<Authority, Map<Result, Ending>> endings = new EnumMap<>(Authority.class);

    private enum Result {
        LIKED,
        UNLIKED,
        UNCHANGED,
        UNKNOWN_CHARACTER,
        FAILED
    }

    ObservedLikeToggle(LikeToggle toggle, BufferStrategy strategy, Operations operations, MeterRegistry meters) {
        this.toggle = toggle;
        this.operations = operations;
        endings.put(Authority.BUFFER, endings(strategy == BufferStrategy.REDIS ? "redis" : "memory", meters));
        endings.put(Authority.STORE, endings("fallback", meters));
    }

    private static Map<Result, Ending> endings(String path, MeterRegistry meters) {
        Map<Result, Ending> endings = new EnumMap<>(Result.class);
        for (Result result : Result.values()) {
            endings.put(
                    result,
                    Ending.of(Timer.builder(NAME)
                            .description("Toggles, by what became of them and by who carried them out")
                            .tags("result", result.name().toLowerCase(Locale.ROOT), "path", path)
                            .publishPercentileHistogram()
                            .minimumExpectedValue(Duration.ofMillis(1))
                            .maximumExpectedValue(Duration.ofSeconds(5))
                            .register(meters)));
        }
        return endings;
    }

    @Override
    public Optional<Toggled> apply(RelationKey relation, CharacterName name, LikeIntent intent) {
        return operations.observe(
                NAME,
                () -> toggle.apply(relation, name, intent),
                toggled -> ending(
                        toggled.map(Toggled::decidedBy).orElse(Authority.BUFFER),
                        toggled.map(ObservedLikeToggle::result).orElse(Result.UNKNOWN_CHARACTER)),
                ending(Authority.STORE, Result.FAILED)); // who fails last: it is asked after Redis
    }

    private Ending ending(Authority authority, Result result) {
        return requireNonNull(requireNonNull(endings.get(authority)).get(result));
    }

    private static Result result(Toggled toggled) {
        if (!toggled.changed()) {
            return Result.UNCHANGED;
        }
        return toggled.status().liked() ? Result.LIKED : Result.UNLIKED;
    }
}
