package maple.like.bootstrap;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import maple.like.application.LikePartitions;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The configuration of the service.
 *
 * @param redis how Redis is reached
 * @param realtime whether instances tell each other what changed
 * @param sync how changes are brought to the database
 * @param cache how long and how much is remembered
 * @param auth how callers prove who they are
 */
@Validated
@ConfigurationProperties("like")
public record LikeProperties(
        @Valid @DefaultValue Redis redis,
        @Valid @DefaultValue Realtime realtime,
        @Valid @DefaultValue Sync sync,
        @Valid @DefaultValue Cache cache,
        @Valid @DefaultValue Auth auth) {

    /**
     * How Redis is reached.
     *
     * @param uri where Redis is, such as {@code redis://localhost:6379}
     * @param partitions how many parts the relations are divided into; the same for every instance
     * @param commandTimeout how long an answer of Redis is waited for
     */
    public record Redis(
            @Nullable String uri,

            @DefaultValue("1") @Min(1) @Max(LikePartitions.MAX)
            int partitions,

            @DefaultValue("500ms") @DurationMin(millis = 1) Duration commandTimeout) {}

    /**
     * Whether instances tell each other what changed.
     *
     * @param enabled whether events are published and heard; without, entries in memory live until they expire
     */
    public record Realtime(@DefaultValue("true") boolean enabled) {}

    /**
     * How changes are brought to the database.
     *
     * @param interval the pause between two rounds
     * @param batchSize the most changes in one transaction
     */
    public record Sync(
            @DefaultValue("3s") @DurationMin(millis = 10) Duration interval,
            @DefaultValue("1000") @Min(2) @Max(10_000) int batchSize) {}

    /**
     * How long and how much is remembered.
     *
     * @param l1Ttl how long this instance remembers a count or a character in memory
     * @param l1MaxSize how many counts, characters and unknown names this instance remembers, each
     * @param l2Ttl how long Redis remembers a total after its last change
     */
    public record Cache(
            @DefaultValue("5m") @DurationMin(millis = 1) Duration l1Ttl,
            @DefaultValue("100000") @Min(1) long l1MaxSize,
            @DefaultValue("30m") @DurationMin(seconds = 1) Duration l2Ttl) {}

    /**
     * How callers prove who they are.
     *
     * @param jwtSecret the key of tokens signed with HS256, 32 bytes or more in UTF-8
     */
    public record Auth(@Nullable String jwtSecret) {
        /** Does not show the secret. */
        @Override
        public String toString() {
            return "Auth[jwtSecret=" + (jwtSecret == null ? "none" : "***") + "]";
        }
    }
}
