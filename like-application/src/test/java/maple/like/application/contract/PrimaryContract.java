package maple.like.application.contract;

import static maple.like.application.contract.PrimaryFixture.PARTITIONS;

import java.util.List;
import java.util.function.Function;
import maple.like.application.KeyUse;
import maple.like.application.PartitionState;
import maple.like.application.contract.PrimaryFixture.Instance;
import maple.like.application.likes.InMemoryLedger;
import maple.like.application.likes.Reconciler;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.LikeLedger.Change;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.StoredBatch;
import maple.like.application.port.out.LikeToggle.Outcome;
import maple.like.application.port.out.PendingLikes.Claim;
import maple.like.application.service.LikeUseCases;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** What the contracts of a primary store share: two instances on an empty store, and a database in memory. */
public abstract class PrimaryContract {
    static final int ALL = 100;
    static final LikeStatus NOT_LIKED = new LikeStatus(false, LikeCount.ZERO);

    InMemoryLedger database;
    Instance a;
    Instance b;
    GameCharacter character;
    int partition;

    protected abstract PrimaryFixture primary();

    @BeforeEach
    void startEmpty() {
        database = new InMemoryLedger(PARTITIONS);
        a = primary().instance(database);
        b = primary().instance(database);
        empty();
        character = Fresh.character();
        partition = PARTITIONS.of(character.ocid());
        database.register(character);
    }

    /** Makes the store lose everything, and reconciles it. */
    final void empty() {
        primary().empty();
        database.reconcile(a.pending());
    }

    final RelationKey relation(AccountId account) {
        return new RelationKey(account, character.ocid());
    }

    static LikeStatus liked(long likeCount) {
        return new LikeStatus(true, new LikeCount(likeCount));
    }

    static LikeStatus notLiked(long likeCount) {
        return new LikeStatus(false, new LikeCount(likeCount));
    }

    final Outcome apply(Instance instance, AccountId account, LikeIntent intent) {
        return instance.likes().apply(account, character, intent).orElseThrow();
    }

    final Outcome toggle(Instance instance, AccountId account, KeyUse use) {
        return instance.likes()
                .apply(account, character, LikeIntent.TOGGLE, use)
                .orElseThrow();
    }

    /** Likes by a new account. */
    final AccountId like() {
        AccountId account = Fresh.account();
        apply(a, account, LikeIntent.LIKE);
        return account;
    }

    final LikeStatus status(AccountId account) {
        return b.likes().status(account, character).orElseThrow();
    }

    final long count() {
        return a.likes().count(character).orElseThrow().value();
    }

    final SyncLikes sync(Instance instance, int batchSize, int pageSize) {
        return LikeUseCases.syncLikes(database, instance.pending(), database, batchSize, pageSize);
    }

    final void syncAll() {
        database.syncAll(a.pending());
    }

    final <R> R reconciled(Instance instance, Function<LockedPartition, R> work) {
        return database.awaitPartition(partition, locked -> {
            new Reconciler(instance.pending()).reconcile(partition, locked);
            return work.apply(locked);
        });
    }

    final Claim claim(Instance instance, int limit) {
        return reconciled(
                instance,
                locked -> instance.pending().claim(partition, locked.row().generation(), locked.token(), limit));
    }

    final LikeBatch claimed() {
        return claim(a, ALL).batch().orElseThrow();
    }

    /** Commits a claimed batch and does not finish it. */
    final StoredBatch store(LikeBatch batch) {
        return database.awaitPartition(partition, locked -> {
            a.pending().claim(partition, locked.row().generation(), locked.token(), ALL);
            return locked.rows().store(batch);
        });
    }

    /** Commits a batch that is not the one that the store claimed. */
    final StoredBatch storeUnclaimed(LikeBatch batch) {
        return database.awaitPartition(partition, locked -> locked.rows().store(batch));
    }

    /** Lets the database decide. */
    final void decide(AccountId account, LikeIntent intent) {
        decide(account, intent, null);
    }

    final void decide(AccountId account, LikeIntent intent, @Nullable KeyUse use) {
        database.awaitPartition(partition, locked -> {
            if (!locked.row().state().databaseDecides()) {
                locked.moveTo(PartitionState.FAILED_OVER);
            }
            return locked.journal().decide(List.of(new Change(account, character, intent, use)));
        });
    }
}
