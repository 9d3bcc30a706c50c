package maple.like.bench.section;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import maple.like.bench.report.Series;

/**
 * The results of rounds in which each participant had a turn.
 *
 * @param <S> participants
 * @param <T> results of a turn
 */
final class Turns<S, T> {
    private final Map<S, List<T>> turns = new HashMap<>();

    private Turns() {}

    /** Takes the turns. A different participant is first in each round. */
    static <S, T> Turns<S, T> take(int rounds, List<S> participants, Function<S, T> turn) {
        Turns<S, T> taken = new Turns<>();
        List<S> order = new ArrayList<>(participants);
        for (int round = 1; round <= rounds; round++) {
            for (S participant : order) {
                taken.turns
                        .computeIfAbsent(participant, first -> new ArrayList<>())
                        .add(turn.apply(participant));
            }
            Collections.rotate(order, -1);
        }
        return taken;
    }

    /** All turns of a participant. */
    List<T> of(S participant) {
        return Objects.requireNonNull(turns.get(participant));
    }

    /** One figure of a participant's turns. */
    Series series(S participant, ToDoubleFunction<T> figure) {
        return new Series(of(participant).stream().map(figure::applyAsDouble).toList());
    }
}
