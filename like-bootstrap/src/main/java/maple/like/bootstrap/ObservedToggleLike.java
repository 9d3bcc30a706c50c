package maple.like.bootstrap;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import maple.like.application.Decider;
import maple.like.application.port.in.ToggleLike;
import maple.like.domain.CharacterName;
import maple.like.domain.IdempotencyKey;
import maple.like.domain.LikeIntent;
import maple.like.domain.Liker;
import org.jspecify.annotations.Nullable;

/** Observes changes as {@code like.toggle}, by their result and by the store that decided. */
final class ObservedToggleLike implements ToggleLike {
    private static final String NAME = "like.toggle";

    private final ToggleLike changes;
    private final Operations operations;
    private final Map<Decider, Map<Label, Ending>> endings = new EnumMap<>(Decider.class);

    private enum Label {
        LIKED,
        UNLIKED,
        UNCHANGED,
        REPEATED,
        KEY_REUSED,
        SELF_LIKE,
        UNKNOWN_CHARACTER,
        FAILED
    }

    ObservedToggleLike(ToggleLike changes, BufferStrategy strategy, Operations operations, MeterRegistry meters) {
        this.changes = changes;
        this.operations = operations;
        endings.put(Decider.PRIMARY, endings(strategy == BufferStrategy.REDIS ? "redis" : "memory", meters));
        endings.put(Decider.DATABASE, endings("fallback", meters));
    }

    private static Map<Label, Ending> endings(String path, MeterRegistry meters) {
        Map<Label, Ending> endings = new EnumMap<>(Label.class);
        for (Label label : Label.values()) {
            endings.put(
                    label,
                    Ending.of(Timer.builder(NAME)
                            .description("Toggles, likes and unlikes by result and by the store that decided")
                            .tags("result", label.name().toLowerCase(Locale.ROOT), "path", path)
                            .publishPercentileHistogram()
                            .minimumExpectedValue(Duration.ofMillis(1))
                            .maximumExpectedValue(Duration.ofSeconds(5))
                            .register(meters)));
        }
        return endings;
    }

    @Override
    public Result change(Liker liker, CharacterName name, LikeIntent intent, @Nullable IdempotencyKey key) {
        return operations.observe(
                NAME,
                () -> changes.change(liker, name, intent, key),
                this::ending,
                ending(Decider.DATABASE, Label.FAILED)); // the store that is tried last
    }

    private Ending ending(Result result) {
        if (result instanceof Result.Done done) {
            return ending(done.decidedBy(), label(done));
        }
        if (result instanceof Result.KeyReused) {
            return ending(Decider.PRIMARY, Label.KEY_REUSED);
        }
        return ending(Decider.PRIMARY, result instanceof Result.SelfLike ? Label.SELF_LIKE : Label.UNKNOWN_CHARACTER);
    }

    private Ending ending(Decider decider, Label label) {
        return requireNonNull(requireNonNull(endings.get(decider)).get(label));
    }

    private static Label label(Result.Done done) {
        if (done.repeated()) {
            return Label.REPEATED;
        }
        if (!done.changed()) {
            return Label.UNCHANGED;
        }
        return done.status().liked() ? Label.LIKED : Label.UNLIKED;
    }
}
