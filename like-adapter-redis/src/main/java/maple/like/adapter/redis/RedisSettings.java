package maple.like.adapter.redis;

import io.lettuce.core.RedisURI;
import java.time.Duration;

/**
 * How Redis is reached.
 *
 * @param nodes where it is
 * @param commandTimeout how long a request waits for Redis at most, in one or two commands; 10 ms or more
 * @param countTtl how long a total is kept once it was taken from the database (L2); 1 s or more
 * @param replicas how many replicas must have a change before it is acknowledged; 0 for none
 */
public record RedisSettings(RedisNodes nodes, Duration commandTimeout, Duration countTtl, int replicas) {
    /**
     * Checks the durations.
     *
     * @throws IllegalArgumentException if one of them is too short
     */
    public RedisSettings {
        if (commandTimeout.toMillis() < 10) {
            throw new IllegalArgumentException("The command timeout must be 10 ms or more: " + commandTimeout);
        }
        if (countTtl.toSeconds() < 1) {
            throw new IllegalArgumentException("The time to live of a total must be 1 s or more: " + countTtl);
        }
        if (replicas < 0) {
            throw new IllegalArgumentException("The number of replicas must not be negative: " + replicas);
        }
    }

    /** One node, or the Sentinels of one. */
    public RedisSettings(RedisURI uri, Duration commandTimeout, Duration countTtl, int replicas) {
        this(RedisNodes.of(uri), commandTimeout, countTtl, replicas);
    }

    /** How long a reply may take. A request waits twice at most, with a check of the partition's state in between. */
    Duration replyTimeout() {
        return commandTimeout.dividedBy(2);
    }

    /** How long Redis waits for replicas to confirm a change; nothing else on the connection has a reply meanwhile. */
    Duration replicationTimeout() {
        return replyTimeout().dividedBy(2);
    }

    /** After which another connection is tried beside a silent one: later than a reply that waits for replicas comes. */
    Duration silenceBeforeTrial() {
        return replicas == 0 ? replyTimeout().dividedBy(2) : longestSilence();
    }

    /** Less than the reply timeout of any instance, so that none can fail a partition over unnoticed. */
    Duration longestSilence() {
        return replyTimeout().multipliedBy(3).dividedBy(4);
    }
}
