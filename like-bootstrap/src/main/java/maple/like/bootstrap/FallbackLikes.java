package maple.like.bootstrap;

import java.util.Optional;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeCountStore.StoredCount;
import maple.like.application.port.out.LikeCountStore.StoredLike;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;

/**
 * Lets the store decide and answer while the buffer is away.
 *
 * <p>For each partition this instance either trusts the buffer, or asks the store first who decides: the store does
 * from the first decision without the buffer until the buffer was told of all of them, and every instance finds the
 * same answer under the partition's lock. Safe for use by any number of threads.
 */
final class FallbackLikes implements LikeToggle, LikeReader {
    private final LikeToggle buffer;
    private final LikeReader bufferReader;
    private final LikeLedger ledger;
    private final LikeCountStore store;
    private final LikePartitions partitions;
    private final Trust[] trust;

    FallbackLikes(
            LikeToggle buffer,
            LikeReader bufferReader,
            LikeLedger ledger,
            LikeCountStore store,
            LikePartitions partitions) {
        this.buffer = buffer;
        this.bufferReader = bufferReader;
        this.ledger = ledger;
        this.store = store;
        this.partitions = partitions;
        this.trust = new Trust[partitions.count()];
        partitions.all().forEach(partition -> trust[partition] = new Trust());
    }

    /** The connection to the buffer was lost: before it is used again, the store is asked who decides. */
    void bufferLost() {
        for (Trust each : trust) {
            each.lose();
        }
    }

    @Override
    public Optional<Toggled> apply(RelationKey relation, CharacterName name, LikeIntent intent) {
        int partition = partitions.of(relation.target());
        Trust trusted = trust[partition];
        if (!trusted.given()) {
            Answer answer = decide(partition, relation, intent, false);
            if (answer.decided()) {
                return answer.toggled();
            }
        }
        long losses = trusted.losses();
        try {
            Optional<Toggled> toggled = buffer.apply(relation, name, intent);
            trusted.give(losses);
            return toggled;
        } catch (BufferUnavailableException e) {
            trusted.lose();
            Answer answer = decide(partition, relation, intent, true);
            trusted.lose(); // whatever another thread concluded while this one waited for the lock
            return answer.toggled();
        }
    }

    /** @param force whether to decide here even if nobody has yet: the buffer has just failed */
    private Answer decide(int partition, RelationKey relation, LikeIntent intent, boolean force) {
        return ledger.awaitPartition(
                partition,
                locked -> force || locked.detached() ? decide(locked, relation, intent) : Answer.LEFT_TO_THE_BUFFER);
    }

    private static Answer decide(LockedPartition locked, RelationKey relation, LikeIntent intent) {
        return new Answer(
                true,
                locked.decide(relation, intent).map(decision -> new Toggled(decision.status(), decision.changed(), 0)));
    }

    @Override
    public Optional<LikeStatus> status(RelationKey relation, CharacterName name) {
        Trust trusted = trust[partitions.of(relation.target())];
        if (!trusted.given()) {
            Optional<StoredLike> stored = store.like(relation);
            if (stored.isEmpty() || stored.get().count().detached()) {
                return stored.map(FallbackLikes::statusOf);
            }
        }
        try {
            return bufferReader.status(relation, name);
        } catch (BufferUnavailableException e) {
            trusted.lose();
            return store.like(relation).map(FallbackLikes::statusOf);
        }
    }

    private static LikeStatus statusOf(StoredLike stored) {
        return new LikeStatus(stored.liked(), stored.count().likeCount());
    }

    @Override
    public Optional<LikeCount> count(GameCharacter character) {
        Trust trusted = trust[partitions.of(character.ocid())];
        if (!trusted.given()) {
            Optional<StoredCount> stored = store.count(character.ocid());
            if (stored.isEmpty() || stored.get().detached()) {
                return stored.map(StoredCount::likeCount);
            }
        }
        try {
            return bufferReader.count(character);
        } catch (BufferUnavailableException e) {
            trusted.lose();
            return store.count(character.ocid()).map(StoredCount::likeCount);
        }
    }

    /** @param decided whether the store decided, rather than leaving it to the buffer */
    private record Answer(boolean decided, Optional<Toggled> toggled) {
        static final Answer LEFT_TO_THE_BUFFER = new Answer(false, Optional.empty());
    }

    /** Whether the buffer may be used without asking. */
    private static final class Trust {
        private boolean given = true;
        private long losses;

        synchronized boolean given() {
            return given;
        }

        synchronized long losses() {
            return losses;
        }

        synchronized void lose() {
            given = false;
            losses++;
        }

        /** Unless it was lost since. */
        synchronized void give(long lossesSeen) {
            if (losses == lossesSeen) {
                given = true;
            }
        }
    }
}
