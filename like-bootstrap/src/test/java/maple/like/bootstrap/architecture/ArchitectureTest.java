package maple.like.bootstrap.architecture;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is shipped keeps the rules. */
class ArchitectureTest {
    @ParameterizedTest
    @EnumSource
    void everyRuleHolds(Rule rule) {
        rule.under(Production.BASE).check(Production.classes());
    }
}
