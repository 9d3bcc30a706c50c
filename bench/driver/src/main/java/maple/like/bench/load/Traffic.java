package maple.like.bench.load;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The kinds of requests. */
public enum Traffic {
    /** A random account toggles a random character. */
    TOGGLES("POST", true, "/{name}/like"),
    /** A random account toggles the first character. */
    HOT("POST", true, "/{name}/like"),
    /** A random account toggles one of the characters that streams watch. */
    WATCHED("POST", true, "/{name}/like"),
    /** A random account reads its status with a random character. */
    STATUS("GET", true, "/{name}/like/status"),
    /** A request without a token reads the count of a random character. */
    COUNT("GET", false, "/{name}/like/count"),
    /** A random account reads its status with 50 characters. */
    BATCH("GET", true, "/likes?{names}"),
    /** A request without a token reads the counts of 50 characters. */
    PUBLIC_BATCH("GET", false, "/likes?{names}"),
    /** A request without a token reads the first 50 of the ranking. */
    RANKING("GET", false, "/ranking?limit=50"),
    /** A random account reads a page of 50 who like a random character. */
    LIKERS("GET", true, "/{name}/likers?limit=50"),
    /** A random account reads a page of 50 that it likes. */
    LIKES("GET", true, "/../accounts/me/likes?limit=50");

    /** Characters in a batch. */
    public static final int BATCH_SIZE = 50;

    /** Characters that streams watch. */
    public static final int WATCHED_CHARACTERS = 50;

    private final String method;
    private final boolean token;
    private final String path;

    Traffic(String method, boolean token, String path) {
        this.method = method;
        this.token = token;
        this.path = path;
    }

    /** Whether the request needs a token. */
    public boolean needsToken() {
        return token;
    }

    /** The number of characters in the traffic. */
    public int characters(Population population) {
        return switch (this) {
            case HOT -> 1;
            case WATCHED -> WATCHED_CHARACTERS;
            default -> population.names().size();
        };
    }

    /** The path for a character, or for as many from it on as make a batch. */
    public String path(Population population, int character) {
        String names = IntStream.range(character, character + BATCH_SIZE)
                .mapToObj(each -> "userIgn="
                        + population.encodedName(each % population.names().size()))
                .collect(Collectors.joining("&"));
        return ("/api/v2/characters" + path)
                .replace("/characters/..", "")
                .replace("{name}", population.encodedName(character))
                .replace("{names}", names);
    }

    /** The part of a request that precedes the account's. */
    public String head(Population population, int character) {
        return method + " " + path(population, character) + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n";
    }

    /** The rest of a request. */
    public String tail(Population population, int account) {
        return token ? "Authorization: Bearer " + population.tokens().get(account) + "\r\n\r\n" : "\r\n";
    }
}
