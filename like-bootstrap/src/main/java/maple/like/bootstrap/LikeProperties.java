package maple.like.bootstrap;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import maple.like.adapter.redis.PubSubMode;
import maple.like.adapter.web.nexon.NexonSettings;
import maple.like.application.port.in.ListLikes.LikersVisibility;
import maple.like.bootstrap.local.LocalModeConfiguration;
import maple.like.domain.LikePartitions;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The configuration of the service. Invalid values and unknown names fail startup.
 *
 * @param redis how Redis is reached
 * @param buffer which store decides
 * @param realtime whether instances exchange events
 * @param sync how changes are flushed to the database
 * @param cache how long and how much is cached
 * @param ranking how old the ranking may be
 * @param likers who sees who likes a character
 * @param live the bounds of streams of counts
 * @param auth how tokens are verified
 * @param web how the API treats browsers and caches
 * @param limits how much an account may request
 * @param idempotency how long a POST is safe to repeat
 * @param nexon how unknown names are looked up
 * @param local what applies when nothing is configured
 */
@ConfigurationProperties(prefix = "like", ignoreUnknownFields = false)
public record LikeProperties(
        @DefaultValue Redis redis,
        @DefaultValue Buffer buffer,
        @DefaultValue Realtime realtime,
        @DefaultValue Sync sync,
        @DefaultValue Cache cache,
        @DefaultValue Ranking ranking,
        @DefaultValue Likers likers,
        @DefaultValue Live live,
        @DefaultValue Auth auth,
        @DefaultValue Web web,
        @DefaultValue Limits limits,
        @DefaultValue Idempotency idempotency,
        @DefaultValue Nexon nexon,
        @DefaultValue Local local) {

    /**
     * How Redis is reached.
     *
     * @param uri where Redis is, such as {@code redis://localhost:6379}, or nodes of a cluster, or Sentinels
     * @param partitions the number of partitions; the same for every instance
     * @param commandTimeout how long a request waits for Redis at most, in one or two commands; 10 ms or more
     * @param sentinelUsername the user of the Sentinels, with their password; none for their default user
     * @param sentinelPassword the password of the Sentinels, where it is not the one in the URI
     * @param confirmedReplicas how many replicas of Redis must have a change before it is acknowledged
     */
    public record Redis(
            @Nullable String uri,
            @DefaultValue("1") int partitions,
            @DefaultValue("1s") Duration commandTimeout,
            @Nullable String sentinelUsername,
            @Nullable String sentinelPassword,
            @DefaultValue("0") int confirmedReplicas) {
        private static final int MOST_REPLICAS = 5;

        /** Checks the values. */
        public Redis {
            between("like.redis.partitions", partitions, 1, LikePartitions.MAX);
            atLeast("like.redis.command-timeout", commandTimeout, Duration.ofMillis(10));
            between("like.redis.confirmed-replicas", confirmedReplicas, 0, MOST_REPLICAS);
        }

        /** Does not show the URI, which may hold a password. */
        @Override
        public String toString() {
            return "Redis[partitions=" + partitions + ", commandTimeout=" + commandTimeout + "]";
        }
    }

    /**
     * Which store decides, and how soon memory is flushed.
     *
     * @param strategy Redis, or the memory of the only instance
     * @param flushInterval the pause between two flushes of memory
     */
    public record Buffer(
            @DefaultValue("redis") BufferStrategy strategy,
            @DefaultValue("1s") Duration flushInterval) {
        /** Checks the values. */
        public Buffer {
            atLeast("like.buffer.flush-interval", flushInterval, Duration.ofMillis(10));
        }
    }

    /**
     * Whether instances exchange events.
     *
     * @param enabled whether events are published and received; without, L1 entries live until their TTL
     * @param transport how events travel; the same for every instance
     */
    public record Realtime(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("auto") PubSubMode transport) {}

    /**
     * How changes are flushed to the database.
     *
     * @param interval the pause between two flushes
     * @param batchSize the most changes in one transaction
     */
    public record Sync(
            @DefaultValue("3s") Duration interval,
            @DefaultValue("4000") int batchSize) {
        /** Checks the values. */
        public Sync {
            atLeast("like.sync.interval", interval, Duration.ofMillis(10));
            between("like.sync.batch-size", batchSize, 2, 10_000);
        }
    }

    /**
     * How long and how much is cached.
     *
     * @param l1Ttl the TTL of a count or a character in the L1
     * @param unknownTtl the TTL of a negative entry
     * @param l1MaxSize the most counts, characters and negative entries in the L1, each
     * @param l2Ttl the TTL of a total in Redis
     */
    public record Cache(
            @DefaultValue("5m") Duration l1Ttl,
            @DefaultValue("5m") Duration unknownTtl,
            @DefaultValue("100000") long l1MaxSize,
            @DefaultValue("30m") Duration l2Ttl) {
        /** Checks the values. */
        public Cache {
            atLeast("like.cache.l1-ttl", l1Ttl, Duration.ofMillis(1));
            atLeast("like.cache.unknown-ttl", unknownTtl, Duration.ofMillis(1));
            between("like.cache.l1-max-size", l1MaxSize, 1, Integer.MAX_VALUE);
            atLeast("like.cache.l2-ttl", l2Ttl, Duration.ofSeconds(1));
        }
    }

    /**
     * How old the ranking may be.
     *
     * @param interval its greatest age
     */
    public record Ranking(@DefaultValue("5s") Duration interval) {
        /** Checks the value. */
        public Ranking {
            atLeast("like.ranking.interval", interval, Duration.ofMillis(10));
        }
    }

    /**
     * Who sees who likes a character.
     *
     * @param visibleTo the character's owner and operators, or everybody
     */
    public record Likers(@DefaultValue("owner") LikersVisibility visibleTo) {}

    /**
     * The bounds of streams of counts.
     *
     * @param maxRate the most counts of one character in a second
     * @param maxStreams the most streams that are open at the same time
     */
    public record Live(
            @DefaultValue("5") int maxRate,
            @DefaultValue("10000") int maxStreams) {
        /** Checks the values. */
        public Live {
            between("like.live.max-rate", maxRate, 1, 100);
            between("like.live.max-streams", maxStreams, 0, 1_000_000);
        }
    }

    /**
     * How tokens are verified.
     *
     * @param jwtSecret the key of tokens signed with HS256, 32 bytes or more in UTF-8
     * @param accountClaim the claim that is the account id; a name, or a path with dots
     * @param ownedClaim the claim that holds the OCIDs of the account's characters; a name, or a path with dots
     * @param rolesClaim a claim that may make an operator, beside scope and scp; a name, or a path with dots
     */
    public record Auth(
            @Nullable String jwtSecret,
            @DefaultValue("sub") String accountClaim,
            @DefaultValue("ocids") String ownedClaim,
            @Nullable String rolesClaim) {
        /** Checks the values. */
        public Auth {
            notBlank("like.auth.account-claim", accountClaim);
            notBlank("like.auth.owned-claim", ownedClaim);
            rolesClaim = rolesClaim == null || rolesClaim.isBlank() ? null : rolesClaim;
        }

        /** Does not show the secret. */
        @Override
        public String toString() {
            return "Auth[jwtSecret=" + (jwtSecret == null ? "none" : "***") + "]";
        }
    }

    /**
     * How the API treats browsers and caches.
     *
     * @param allowedOrigins the origins whose pages may call the service; {@code *} for all
     * @param publicMaxAge how long anyone may cache an answer that is the same for all
     */
    public record Web(
            @DefaultValue List<String> allowedOrigins,
            @DefaultValue("0s") Duration publicMaxAge) {
        private static final Pattern ORIGIN = Pattern.compile("https?://[^\\s/?#@*,]+|\\*");

        /** Checks the values. */
        public Web {
            for (String origin : allowedOrigins) {
                if (!ORIGIN.matcher(origin).matches()) {
                    throw new ConfigurationException(
                            "like.web.allowed-origins has " + origin + ", which is not an origin.",
                            "Set like.web.allowed-origins to origins such as https://page.example, without a path, or"
                                    + " to * for all.");
                }
            }
            atLeast("like.web.public-max-age", publicMaxAge, Duration.ZERO);
        }
    }

    /**
     * How much an account may request of this instance.
     *
     * @param changesPerMinute POST, PUT and DELETE in a minute, up to 60 of them at once; 0 for no limit
     * @param readsPerMinute GET with a token in a minute, up to 60 of them at once; 0 for no limit
     */
    public record Limits(
            @DefaultValue("120") int changesPerMinute,
            @DefaultValue("0") int readsPerMinute) {
        private static final int MOST = 1_000_000;

        /** Checks the values. */
        public Limits {
            between("like.limits.changes-per-minute", changesPerMinute, 0, MOST);
            between("like.limits.reads-per-minute", readsPerMinute, 0, MOST);
        }
    }

    /**
     * How long a POST with an idempotency key is safe to repeat.
     *
     * @param ttl how long its answer is kept
     */
    public record Idempotency(@DefaultValue("10m") Duration ttl) {
        /** Checks the value. */
        public Idempotency {
            atLeast("like.idempotency.ttl", ttl, Duration.ofSeconds(1));
        }
    }

    /**
     * How unknown names are looked up.
     *
     * @param baseUrl where the Nexon Open API is
     * @param apiKey its API key; without one, names are not looked up
     * @param connectTimeout how long a connection to it may take
     * @param timeout how long a lookup may take altogether
     * @param lookupsPerSecond how many names this instance looks up in a second
     * @param lookupsPerDay how many names this instance looks up in 24 hours
     * @param lookupsPerAccount how many names this instance looks up in a minute for the same account
     */
    public record Nexon(
            @DefaultValue("https://open.api.nexon.com") String baseUrl,
            @Nullable String apiKey,
            @DefaultValue("1s") Duration connectTimeout,
            @DefaultValue("3s") Duration timeout,
            @DefaultValue("5") int lookupsPerSecond,
            @DefaultValue("1000") int lookupsPerDay,
            @DefaultValue("20") int lookupsPerAccount) {
        /** Checks the values. */
        public Nexon {
            if (!NexonSettings.isBaseUrl(baseUrl)) {
                throw new ConfigurationException(
                        "like.nexon.base-url is not the URL of a server.",
                        "Set like.nexon.base-url in the form https://open.api.nexon.com.");
            }
            if (apiKey != null && !apiKey.isBlank() && !NexonSettings.isApiKey(apiKey)) {
                throw new ConfigurationException(
                        "like.nexon.api-key cannot be sent: it holds a space or another character that no key has.",
                        "Set like.nexon.api-key to the key as Nexon shows it, or leave it out.");
            }
            atLeast("like.nexon.connect-timeout", connectTimeout, Duration.ofMillis(10));
            atLeast("like.nexon.timeout", timeout, Duration.ofMillis(10));
            between("like.nexon.lookups-per-second", lookupsPerSecond, 1, 10_000);
            between("like.nexon.lookups-per-day", lookupsPerDay, 1, Integer.MAX_VALUE);
            between("like.nexon.lookups-per-account", lookupsPerAccount, 1, 10_000);
        }

        /** Whether names are looked up at all. */
        boolean hasKey() {
            return apiKey != null && !apiKey.isBlank();
        }

        /** Does not show the key. */
        @Override
        public String toString() {
            return "Nexon[baseUrl=" + baseUrl + ", apiKey=" + (hasKey() ? "***" : "none") + "]";
        }
    }

    /**
     * What applies when nothing is configured.
     *
     * @param active not to be set: whether nothing is configured
     * @param directory where the embedded Redis and database keep their data
     * @param characters the names of the characters; empty for some
     */
    public record Local(
            @DefaultValue("false") boolean active,

            @DefaultValue(LocalModeConfiguration.DEFAULT_DIRECTORY)
            String directory,

            @DefaultValue List<String> characters) {}

    private static void notBlank(String property, String value) {
        if (value.isBlank()) {
            throw new ConfigurationException(
                    property + " is empty.", "Set " + property + " to the name of a claim, or leave it out.");
        }
    }

    private static void between(String property, long value, long least, long most) {
        if (value < least || value > most) {
            throw new ConfigurationException(
                    property + " is " + value + ".",
                    "Set " + property + " to a number from " + least + " to " + most + ".");
        }
    }

    private static void atLeast(String property, Duration value, Duration least) {
        if (value.compareTo(least) < 0) {
            throw new ConfigurationException(
                    property + " is " + value.toMillis() + " ms.",
                    "Set " + property + " to " + least.toMillis() + " ms or more.");
        }
    }
}
