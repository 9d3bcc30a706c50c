package maple.like.adapter.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.InvalidCharacterNameException;
import org.jspecify.annotations.Nullable;

/** Reads the parameters of requests, and ends those requests with a problem that have invalid ones. */
final class Parameters {
    private static final int MOST_NAMES = 100;

    private static final int DEFAULT_LIMIT = 50;
    private static final int MOST_ENTRIES = 100;
    private static final Pattern LIMIT = Pattern.compile("[0-9]{1,3}");

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
