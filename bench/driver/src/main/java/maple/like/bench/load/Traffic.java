package maple.like.bench.load;

/** What is sent. */
public enum Traffic {
    /** A random account toggles a random character. */
    TOGGLES("POST", "", true),
    /** A random account toggles the first character. */
    HOT("POST", "", true),
    /** A random account asks for its status with a random character. */
    STATUS("GET", "/status", true),
    /** Somebody without a token asks for the count of a random character. */
    COUNT("GET", "/count", false);

    private final String method;
    private final String suffix;
    private final boolean token;

    Traffic(String method, String suffix, boolean token) {
        this.method = method;
        this.suffix = suffix;
        this.token = token;
    }

    /** Whether somebody must say who they are. */
    public boolean needsToken() {
        return token;
    }

    /** How many characters take part. */
    public int characters(Population population) {
        return this == HOT ? 1 : population.names().size();
    }

    /** The path of the call for a character. */
    public String path(Population population, int character) {
        return "/api/v2/characters/" + population.encodedName(character) + "/like" + suffix;
    }

    /** A request up to where an account's part begins. */
    public String head(Population population, int character) {
        return method + " " + path(population, character) + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n";
    }

    /** The rest of a request. */
    public String tail(Population population, int account) {
        return token ? "Authorization: Bearer " + population.tokens().get(account) + "\r\n\r\n" : "\r\n";
    }
}
