package maple.like.adapter.redis;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StaticCredentialsProvider;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where Redis is: one node, Sentinels that name it, or some nodes of a cluster. Immutable. */
public final class RedisNodes {
    private static final Pattern CLUSTER =
            Pattern.compile("(?<scheme>rediss?)-cluster://(?<user>[^/?#]*@)?(?<hosts>[^/?#@]+)/?(?<query>\\?[^#]*)?");
    private static final Pattern HOST = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^\\[\\]:]+)(:\\d{1,5})?");

    /** Before the password. */
    private static final Pattern USER = Pattern.compile("^([^/]*//)[^:@/]*:(?=[^@/]*@)");

    private final List<RedisURI> uris;
    private final boolean cluster;

    private RedisNodes(List<RedisURI> uris, boolean cluster) {
        this.uris = uris;
        this.cluster = cluster;
    }

    /** One node, or the Sentinels of one. */
    public static RedisNodes of(RedisURI uri) {
        return new RedisNodes(List.of(uri), false);
    }

    /** Some nodes of a cluster, which know the others. */
    public static RedisNodes ofCluster(List<RedisURI> uris) {
        if (uris.isEmpty()) {
            throw new IllegalArgumentException("A cluster is found through one of its nodes at least");
        }
        return new RedisNodes(List.copyOf(uris), true);
    }

    /**
     * As {@link #parse(String)}, with credentials of the Sentinels' own.
     *
     * @param sentinelUsername null for the default user
     * @param sentinelPassword what the Sentinels are given, in place of the password in the URI
     * @throws IllegalArgumentException also if the URI names no Sentinels
     */
    public static RedisNodes parse(String uri, @Nullable String sentinelUsername, String sentinelPassword) {
        RedisNodes nodes = parse(uri);
        if (!nodes.isSentinel()) {
            throw new IllegalArgumentException("There are no Sentinels to give a password to");
        }
        RedisCredentials credentials = RedisCredentials.just(sentinelUsername, sentinelPassword);
        nodes.uris
                .get(0)
                .getSentinels()
                .forEach(sentinel -> sentinel.setCredentialsProvider(new StaticCredentialsProvider(credentials)));
        return nodes;
    }

    /**
     * Reads {@code redis-cluster://[user:password@]host[:port][,host[:port]…]}, the same with {@code rediss-cluster}, or
     * else what Lettuce takes: {@code redis://…}, {@code rediss://…}, {@code redis-sentinel://…}. Sentinels are given the
     * same password as the server that they name, as their default user's.
     *
     * @throws IllegalArgumentException if it is none of them; does not quote it, as it may hold a password
     */
    public static RedisNodes parse(String uri) {
        Matcher matcher = CLUSTER.matcher(uri.strip());
        try {
            if (!matcher.matches()) {
                RedisURI read = RedisURI.create(uri.strip());
                // Sentinels have an ACL of their own, which knows no user of the server.
                RedisURI withoutUser = RedisURI.create(USER.matcher(uri.strip()).replaceFirst("$1:"));
                read.getSentinels()
                        .forEach(sentinel -> sentinel.setCredentialsProvider(withoutUser.getCredentialsProvider()));
                return of(read);
            }
            String prefix = matcher.group("scheme") + "://" + orNothing(matcher.group("user"));
            String suffix = orNothing(matcher.group("query"));
            return ofCluster(Arrays.stream(matcher.group("hosts").split(",", -1))
                    .map(host -> RedisURI.create(prefix + checked(host.strip()) + suffix))
                    .toList());
        } catch (IllegalArgumentException mayQuoteIt) {
            throw new IllegalArgumentException("Not the URI of a Redis");
        }
    }

    private static String orNothing(@Nullable String group) {
        return group == null ? "" : group;
    }

    private static String checked(String host) {
        if (!HOST.matcher(host).matches()) {
            throw new IllegalArgumentException("Not a host");
        }
        return host;
    }

    /** The number of the database that holds the likes: 0 on a cluster. */
    public int database() {
        return cluster ? 0 : uris.get(0).getDatabase();
    }

    /** Whether they are nodes of a cluster. */
    public boolean isCluster() {
        return cluster;
    }

    /** Whether it depends on others which node is meant. */
    boolean isSentinel() {
        return !uris.get(0).getSentinels().isEmpty();
    }

    List<RedisURI> uris() {
        return uris;
    }

    /** Hosts and ports, without what else the URI holds. */
    @Override
    public String toString() {
        List<RedisURI> shown = isSentinel() ? uris.get(0).getSentinels() : uris;
        return shown.stream()
                .map(uri -> uri.getSocket() == null ? uri.getHost() + ":" + uri.getPort() : uri.getSocket())
                .collect(Collectors.joining(", "));
    }
}
