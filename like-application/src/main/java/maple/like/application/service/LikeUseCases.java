package maple.like.application.service;

import java.time.InstantSource;
import maple.like.application.port.in.AuditLikes;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.in.ToggleLike;
import maple.like.application.port.out.CallerDirectory;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.HeldLikes;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;

/** Hands out the use cases, given what they need. All of them are safe for use by any number of threads. */
public final class LikeUseCases {
    private LikeUseCases() {}

    /** Changing likes. */
    public static ToggleLike toggleLike(
            CallerDirectory characters, LikeToggle likes, LikeEventBus events, InstantSource clock) {
        return new ToggleLikeService(characters, likes, events, clock);
    }

    /**
     * Reading likes.
     *
     * @param characters for callers who said who they are
     * @param known for everybody
     */
    public static ReadLikes readLikes(CallerDirectory characters, CharacterDirectory known, LikeReader likes) {
        return new ReadLikesService(characters, known, likes);
    }

    /**
     * Storing likes.
     *
     * @param stored the characters in the store, not a cache of them
     * @param batchSize changes stored in one transaction, 2 or more
     * @param pageSize relations copied back to an emptied buffer in one round, 1 or more
     */
    public static SyncLikes syncLikes(
            LikeLedger ledger, PendingLikes pending, CharacterDirectory stored, int batchSize, int pageSize) {
        return new SyncLikesService(ledger, pending, stored, batchSize, pageSize);
    }

    /**
     * Comparing what is stored with what is buffered.
     *
     * @param stored the characters in the store, not a cache of them
     * @param pageSize relations or characters compared under one lock, 1 or more
     * @param mostWaiting changes that may wait for what they are counted as to be compared
     */
    public static AuditLikes auditLikes(
            LikeLedger ledger,
            PendingLikes pending,
            HeldLikes held,
            CharacterDirectory stored,
            int pageSize,
            int mostWaiting) {
        return new AuditLikesService(ledger, pending, held, stored, pageSize, mostWaiting);
    }
}
