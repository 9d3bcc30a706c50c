package maple.like.application.service;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import maple.like.application.port.in.AuditLikes;
import maple.like.application.port.in.EraseAccount;
import maple.like.application.port.in.ListLikes;
import maple.like.application.port.in.ListLikes.LikersVisibility;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.ReadRanking;
import maple.like.application.port.in.RetireCharacter;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.in.ToggleLike;
import maple.like.application.port.in.WatchLikes;
import maple.like.application.port.out.AccountErasure;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.CharacterRanking;
import maple.like.application.port.out.CharacterResolver;
import maple.like.application.port.out.CharacterRetirement;
import maple.like.application.port.out.LikeCountCache;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLists;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.port.out.PrimaryInspection;
import maple.like.domain.LikePartitions;

/** Creates the use cases. All of them are safe for use by any number of threads. */
public final class LikeUseCases {
    private LikeUseCases() {}

    /**
     * Changes likes.
     *
     * @param keyTtl how long the answer to a request with an idempotency key is kept, 1 ms or more
     */
    public static ToggleLike toggleLike(
            CharacterResolver characters, LikeToggle likes, LikeEventBus events, InstantSource clock, Duration keyTtl) {
        return new ToggleLikeService(characters, likes, events, clock, keyTtl);
    }

    /** Reads likes. */
    public static ReadLikes readLikes(CharacterResolver characters, LikeToggle likes) {
        return new ReadLikesService(characters, likes);
    }

    /** Reads the ranking. */
    public static ReadRanking readRanking(CharacterRanking ranking) {
        return new ReadRankingService(ranking);
    }

    /** Lists likes. */
    public static ListLikes listLikes(
            CharacterResolver characters, LikeLists lists, LikeToggle likes, LikersVisibility visibility) {
        return new ListLikesService(characters, lists, likes, visibility);
    }

    /**
     * Follows counts.
     *
     * @param likes subscribed to the events before, so that it has dropped what a change made out of date
     * @param cache the L1 of {@code likes}
     */
    public static WatchLikes watchLikes(
            CharacterResolver characters, LikeToggle likes, LikeCountCache cache, LikeEventBus events) {
        return new WatchLikesService(characters, likes, cache, events);
    }

    /**
     * Flushes, fails back and warms up.
     *
     * @param stored the characters of the database, not a cache of them
     * @param batchSize changes stored in one transaction, 2 or more
     * @param pageSize relations copied in one round of a warm-up, 1 or more
     */
    public static SyncLikes syncLikes(
            LikeLedger ledger, PendingLikes pending, CharacterDirectory stored, int batchSize, int pageSize) {
        return new SyncLikesService(ledger, pending, stored, batchSize, pageSize);
    }

    /**
     * Compares the database with the primary store.
     *
     * @param stored the characters of the database, not a cache of them
     * @param pageSize relations or characters compared under one lock, 1 or more
     * @param largestBacklog pending changes up to which buffered counts are compared
     */
    public static AuditLikes auditLikes(
            LikeLedger ledger,
            PendingLikes pending,
            PrimaryInspection inspection,
            CharacterDirectory stored,
            int pageSize,
            int largestBacklog) {
        AuditLikesService.Primary primary = new AuditLikesService.Primary(pending, inspection);
        return new AuditLikesService(ledger, primary, stored, pageSize, largestBacklog);
    }

    /** Compares rows with counts alone, where the primary store is the memory of another process. */
    public static AuditLikes auditCounts(LikeLedger ledger, CharacterDirectory stored, int pageSize) {
        return new AuditLikesService(ledger, null, stored, pageSize, 0);
    }

    /**
     * Takes characters out of service.
     *
     * @param sync flushes to the same database
     * @param awaitCaches waits until no instance remembers what a name led to before
     */
    public static RetireCharacter retireCharacter(
            CharacterRetirement characters,
            LikeToggle likes,
            LikeCountStore counts,
            LikeEventBus events,
            SyncLikes sync,
            LikePartitions partitions,
            InstantSource clock,
            Runnable awaitCaches) {
        return new RetireCharacterService(characters, likes, counts, events, sync, partitions, clock, awaitCaches);
    }

    /**
     * Erases accounts.
     *
     * @param characters finds characters by OCID
     * @param primary what {@code likes} are kept in before the database has them
     * @param sync flushes all that {@code likes} has acknowledged to the same database
     * @param workers take likes back side by side
     */
    public static EraseAccount eraseAccount(
            AccountErasure accounts,
            LikeLists lists,
            CharacterRetirement characters,
            LikeToggle likes,
            PendingLikes primary,
            LikeLedger ledger,
            LikeEventBus events,
            SyncLikes sync,
            LikePartitions partitions,
            InstantSource clock,
            Executor workers) {
        return new EraseAccountService(
                accounts, lists, characters, likes, primary, ledger, events, sync, partitions, clock, workers);
    }
}
