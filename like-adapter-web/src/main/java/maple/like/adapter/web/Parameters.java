package maple.like.adapter.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.IdempotencyKey;
import maple.like.domain.InvalidCharacterNameException;
import org.jspecify.annotations.Nullable;

/** Reads the parameters of requests, and ends those requests with a problem that have invalid ones. */
final class Parameters {
    private static final int MOST_NAMES = 100;

    private static final int DEFAULT_LIMIT = 50;
    private static final int MOST_ENTRIES = 100;
    private static final Pattern LIMIT = Pattern.compile("[0-9]{1,3}");

    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"\\\\]|\\\\[\"\\\\])*)\"");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(.)");

    private Parameters() {}

    static CharacterName name(String userIgn) {
        try {
            return new CharacterName(userIgn);
        } catch (InvalidCharacterNameException e) {
            throw new ProblemException(Problem.INVALID_CHARACTER_NAME.document(String.valueOf(e.getMessage())));
        }
    }

    static AccountId account(String accountId) {
        try {
            return new AccountId(accountId);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Problem.INVALID_REQUEST.document(String.valueOf(e.getMessage())));
        }
    }

    /** The names in the query, each once, in their order. */
    static Set<CharacterName> names(HttpServletRequest request) {
        String[] userIgns = Objects.requireNonNullElse(request.getParameterValues("userIgn"), new String[0]);
        if (userIgns.length < 1 || userIgns.length > MOST_NAMES) {
            throw new ProblemException(Problem.INVALID_REQUEST.document("The parameter userIgn is needed 1 to "
                    + MOST_NAMES + " times; it was sent " + userIgns.length + " times."));
        }
        Set<CharacterName> names = new LinkedHashSet<>();
        for (String userIgn : userIgns) {
            names.add(name(userIgn));
        }
        return names;
    }

    /** The idempotency key of a request, if it has one: plain, or a string of a structured field (RFC 9651). */
    static @Nullable IdempotencyKey idempotencyKey(HttpServletRequest request) {
        List<String> values = Collections.list(request.getHeaders(IDEMPOTENCY_KEY));
        if (values.isEmpty()) {
            return null;
        }
        String value = values.get(0).strip();
        if (value.startsWith("\"")) {
            Matcher quoted = QUOTED.matcher(value);
            value = quoted.matches() ? ESCAPE.matcher(quoted.group(1)).replaceAll("$1") : "";
        }
        try {
            if (values.size() == 1) {
                return new IdempotencyKey(value);
            }
        } catch (IllegalArgumentException e) {
            // answered below
        }
        throw new ProblemException(
                Problem.INVALID_REQUEST.document("The header " + IDEMPOTENCY_KEY + " is sent once and has 1 to "
                        + IdempotencyKey.MAX_LENGTH + " visible ASCII characters, plain or in double quotes."));
    }

    /** The number of entries to return. */
    static int limit(@Nullable String text) {
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        int limit = LIMIT.matcher(text).matches() ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MOST_ENTRIES) {
            throw new ProblemException(Problem.INVALID_REQUEST.document(
                    "The parameter limit is a number from 1 to " + MOST_ENTRIES + "."));
        }
        return limit;
    }
}
