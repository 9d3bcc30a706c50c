package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import maple.like.bootstrap.PromQl.Condition;
import maple.like.bootstrap.PromQl.Selector;
import org.junit.jupiter.api.Test;

class PromQlTest {
    @Test
    void namesOfMetricsAndLabelsAreFoundAndNothingElse() {
        PromQl query = PromQl.of("""
                1 - (increase(a_total{x="1",y=~"2|3"}[5m]) and on (job, instance) b_seconds > 360)
                  / on (job) group_left ()
                  (sum by (le) (rate(c:d:e5m[1m] offset 30s)) or vector(0)) unless f_total{z!="}"} offset 1h
                """);
        assertThat(query.selectors())
                .containsExactly(
                        new Selector(
                                "a_total",
                                List.of(new Condition("x", List.of("1")), new Condition("y", List.of("2", "3")))),
                        new Selector("b_seconds", List.of()),
                        new Selector("c:d:e5m", List.of()),
                        new Selector("f_total", List.of(new Condition("z", List.of("}")))));
        assertThat(query.labels()).containsExactly("job", "instance", "le");
    }
}
