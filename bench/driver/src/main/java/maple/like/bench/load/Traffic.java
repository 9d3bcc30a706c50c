package maple.like.bench.load;

/** The kinds of requests. */
public enum Traffic {
    /** A random account toggles a random character. */
    TOGGLES("POST", "", true),
    /** A random account toggles the first character. */
    HOT("POST", "", true),
    /** A random account reads its status with a random character. */
    STATUS("GET", "/status", true),
    /** A request without a token reads the count of a random character. */
    COUNT("GET", "/count", false);

    private final String method;
    private final String suffix;
    private final boolean token;

    Traffic(String method, String suffix, boolean token) {
        this.method = method;
        this.suffix = suffix;
        this.token = token;
    }

    /** Whether the request needs a token. */
    public boolean needsToken() {
        return token;
    }

    /** The number of characters in the traffic. */
    public int characters(Population population) {
        return this == HOT ? 1 : population.names().size();
    }

    /** The path for a character. */
    public String path(Population population, int character) {
        return "/api/v2/characters/" + population.encodedName(character) + "/like" + suffix;
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
