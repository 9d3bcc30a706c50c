package maple.like.adapter.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import maple.like.domain.CharacterName;
import maple.like.domain.InvalidCharacterNameException;

/** Reads the parameters of requests, and ends those requests with a problem that have invalid ones. */
final class Parameters {
    private static final int MOST_NAMES = 100;

    private Parameters() {}

    static CharacterName name(String userIgn) {
        try {
            return new CharacterName(userIgn);
        } catch (InvalidCharacterNameException e) {
            throw new ProblemException(Problem.INVALID_CHARACTER_NAME.document(String.valueOf(e.getMessage())));
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
}
