package maple.like.bootstrap;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an expression of Prometheus asks for, as far as names go: whether it is well-formed is promtool's business.
 *
 * @param selectors the metrics, each with the labels that it is narrowed by
 * @param labels labels that results are grouped or joined by
 */
record PromQl(List<Selector> selectors, Set<String> labels) {
    private static final Pattern TOKEN =
            Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|\\[[^]]*]|[a-zA-Z_:][\\w:]*|[0-9][\\w.]*|=~|!~|!=|\\S");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][\\w:]*");
    private static final Set<String> BEFORE_LABELS =
            Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
    private static final Set<String> AFTER_FUNCTION = Set.of("(", "by", "without");
    private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "offset", "bool");

    /** @param values one, or several for a regular expression of alternatives */
    record Condition(String label, List<String> values) {}

    record Selector(String metric, List<Condition> conditions) {}

    static PromQl of(String expression) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(expression);
        while (matcher.find()) {
            tokens.add(matcher.group());
        }
        tokens.add("");
        List<Selector> selectors = new ArrayList<>();
        Set<String> labels = new LinkedHashSet<>();
        for (int i = 0; i < tokens.size() - 1; i++) {
            String token = tokens.get(i);
            String next = tokens.get(i + 1);
            if (BEFORE_LABELS.contains(token)) {
                for (i++; next.equals("(") && !tokens.get(i).equals(")"); i++) {
                    if (NAME.matcher(tokens.get(i)).matches()) {
                        labels.add(tokens.get(i));
                    }
                }
                if (!next.equals("(")) {
                    i--; // group_left without a list
                }
            } else if (NAME.matcher(token).matches() && !OPERATORS.contains(token) && !AFTER_FUNCTION.contains(next)) {
                List<Condition> conditions = new ArrayList<>();
                if (next.equals("{")) {
                    for (i += 2;
                            !tokens.get(i).equals("}");
                            i += tokens.get(i + 3).equals(",") ? 4 : 3) {
                        conditions.add(condition(tokens.get(i), tokens.get(i + 1), tokens.get(i + 2)));
                    }
                }
                selectors.add(new Selector(token, conditions));
            }
        }
        return new PromQl(List.copyOf(selectors), labels);
    }

    private static Condition condition(String label, String operator, String quoted) {
        String value = quoted.substring(1, quoted.length() - 1);
        return new Condition(label, operator.endsWith("~") ? List.of(value.split("\\|")) : List.of(value));
    }
}
