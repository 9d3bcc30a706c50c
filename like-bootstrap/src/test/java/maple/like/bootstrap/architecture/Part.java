package maple.like.bootstrap.architecture;

import java.util.Arrays;

/** The packages that rules may speak of. Relative to a base, because a fixture repeats them under a base of its own. */
enum Part {
    DOMAIN("domain.."),
    APPLICATION("application.."),
    /** What all rings of the application share. */
    SHARED("application"),
    PORTS_IN("application.port.in"),
    PORTS_OUT("application.port.out"),
    SERVICES("application.service"),
    FALLBACK("application.fallback"),
    DIRECTORY("application.directory"),
    MEMORY("application.memory"),
    ADAPTERS("adapter.."),
    REDIS("adapter.redis.."),
    JPA("adapter.jpa.."),
    WEB("adapter.web"),
    NEXON("adapter.web.nexon.."),
    BOOTSTRAP("bootstrap..");

    private final String path;

    Part(String path) {
        this.path = path;
    }

    /** A package pattern in the syntax of ArchUnit. */
    String under(String base) {
        return base + "." + path;
    }

    static String[] under(String base, Part... parts) {
        return Arrays.stream(parts).map(part -> part.under(base)).toArray(String[]::new);
    }
}
