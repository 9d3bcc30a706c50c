package maple.like.application.fallback;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeCountStore.StoredCount;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.PendingLikes;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;

/**
 * Lets the store decide and answer while the buffer is away.
 *
 * <p>For each partition this instance either trusts the buffer, or first looks who decides: the store does from the
 * first decision without the buffer until the buffer was told of all of them, and every instance finds the same answer
 * under the partition's lock. Whoever finds the buffer silent while it holds that lock lets the store decide. Safe for
 * use by any number of threads.
 */
public final class FallbackLikes implements LikeToggle, LikeReader {
    private static final int ATTEMPTS = 4;

    private final Buffer guarded;
    private final Buffer direct;
    private final PendingLikes pending;
    private final LikeLedger ledger;
    private final LikeCountStore store;
    private final LikePartitions partitions;
    private final Trust[] trust;

    /**
     * Starts without trust: the first call of each partition looks who decides.
     *
     * @param guarded the buffer as it is asked ordinarily, which may be refused to spare callers a wait
     * @param direct the buffer as it is asked right after it gave a sign of life
     */
    public FallbackLikes(
            Buffer guarded,
            Buffer direct,
            PendingLikes pending,
            LikeLedger ledger,
            LikeCountStore store,
            LikePartitions partitions) {
        this.guarded = guarded;
        this.direct = direct;
        this.pending = pending;
        this.ledger = ledger;
        this.store = store;
        this.partitions = partitions;
        this.trust = new Trust[partitions.count()];
        partitions.all().forEach(partition -> trust[partition] = new Trust());
    }

    /**
     * Changes and reads likes in the buffer.
     *
     * @param toggle changes them
     * @param reader reads them
     */
    public record Buffer(LikeToggle toggle, LikeReader reader) {}

    /**
     * Withdraws all trust: the buffer may have been silent for as long as it takes others to go on without it. To be
     * called before an answer that the buffer gave after that silence is returned here. Does not wait.
     */
    public void doubtBuffer() {
        for (Trust each : trust) {
            each.withdraw();
        }
    }

    /**
     * As {@link #doubtBuffer()}, where the buffer keeps this partition apart from others.
     *
     * @param partition 0 to the number of partitions, less one
     */
    public void doubtBuffer(int partition) {
        trust[partition].withdraw();
    }

    @Override
    public Optional<Toggled> apply(RelationKey relation, CharacterName name, LikeIntent intent) {
        int partition = partitions.of(relation.target());
        Trust trusted = trust[partition];
        Doubtful doubtful = null;
        boolean unknown = false;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Buffer buffer = guarded;
            Trust.State before = trusted.state();
            if (!before.given() || doubtful != null || unknown) { // others may have regained trust meanwhile
                Look look = ledger.awaitPartition(partition, locked -> look(partition, locked, relation, intent));
                if (look.storeDecides()) {
                    return look.decision();
                }
                if (doubtful != null && doubtful.detachments() == look.detachments()) {
                    return Optional.of(doubtful.toggled()); // nobody has decided without the buffer since
                }
                unknown |= doubtful != null;
                if (unknown && intent == LikeIntent.TOGGLE) {
                    throw new BufferUnavailableException(
                            "Nobody knows whether " + relation + " was turned around", null);
                }
                before = before.after(look);
                buffer = direct;
            }
            try {
                Optional<Toggled> toggled = buffer.toggle().apply(relation, name, intent);
                if (toggled.isEmpty() || trusted.give(before)) {
                    return toggled;
                }
                doubtful = new Doubtful(toggled.get(), before.detachments());
            } catch (BufferUnavailableException e) {
                trusted.withdraw();
                unknown |= !e.isUnasked();
            }
        }
        throw new BufferUnavailableException("The buffer comes and goes", null);
    }

    /** Under the lock nobody else can begin or end to decide without the buffer. */
    private Look look(int partition, LockedPartition locked, RelationKey relation, LikeIntent intent) {
        if (!locked.detached() && isInStep(partition, locked)) {
            return new Look(false, Optional.empty(), locked.detachments());
        }
        Optional<Toggled> decision = locked.decide(relation, intent)
                .map(decided -> new Toggled(decided.status(), decided.changed(), 0, Authority.STORE));
        return new Look(true, decision, locked.detachments());
    }

    private boolean isInStep(int partition, LockedPartition locked) {
        try {
            pending.settle(partition, locked.state(), locked::changes);
            return true;
        } catch (BufferUnavailableException silent) {
            return false;
        }
    }

    @Override
    public Optional<LikeStatus> status(RelationKey relation, CharacterName name) {
        return read(
                partitions.of(relation.target()),
                buffer -> buffer.reader().status(relation, name),
                () -> store.like(relation),
                stored -> stored.count().detached(),
                stored -> new LikeStatus(stored.liked(), stored.count().likeCount()));
    }

    @Override
    public Optional<LikeCount> count(GameCharacter character) {
        return read(
                partitions.of(character.ocid()),
                buffer -> buffer.reader().count(character),
                () -> store.count(character.ocid()),
                StoredCount::detached,
                StoredCount::likeCount);
    }

    /** Reading needs no lock: it is enough that the store did not decide when it was asked. */
    private <S, R> Optional<R> read(
            int partition,
            Function<Buffer, Optional<R>> fromBuffer,
            Supplier<Optional<S>> fromStore,
            Predicate<S> isDetached,
            Function<S, R> answer) {
        Trust trusted = trust[partition];
        Trust.State before = trusted.state();
        try {
            if (before.given()) {
                Optional<R> read = fromBuffer.apply(guarded);
                if (trusted.isUnshaken(before)) {
                    return read;
                }
            }
        } catch (BufferUnavailableException e) {
            trusted.withdraw();
        }
        Optional<S> stored = fromStore.get();
        try {
            if (stored.isPresent() && !isDetached.test(stored.get())) {
                Optional<R> read = fromBuffer.apply(guarded);
                regain(partition, trusted);
                return read;
            }
        } catch (BufferUnavailableException e) {
            trusted.withdraw();
        }
        return stored.map(answer);
    }

    /** So that an instance that only reads does not ask the store for ever. Somebody else's turn now is as good. */
    private void regain(int partition, Trust trusted) {
        Trust.State before = trusted.state();
        ledger.withPartition(
                        partition,
                        locked -> new Look(
                                locked.detached() || !isInStep(partition, locked),
                                Optional.empty(),
                                locked.detachments()))
                .filter(look -> !look.storeDecides())
                .ifPresent(look -> trusted.give(before.after(look)));
    }

    /**
     * What was seen under the lock.
     *
     * @param storeDecides rather than the buffer
     * @param decision what it decided, if it was to
     * @param detachments how often it began to decide so far
     */
    private record Look(boolean storeDecides, Optional<Toggled> decision, long detachments) {}

    /** An answer of the buffer that is worth something unless the store began to decide after so many detachments. */
    private record Doubtful(Toggled toggled, long detachments) {}

    /** Whether the buffer may be used without looking who decides. Changes are rare, and wait for each other. */
    private static final class Trust {
        private volatile State state = new State(false, 0, 0);

        /** @param detachments at the look that trust was given after */
        record State(boolean given, long doubts, long detachments) {
            State after(Look look) {
                return new State(given, doubts, look.detachments());
            }
        }

        State state() {
            return state;
        }

        synchronized void withdraw() {
            state = new State(false, state.doubts + 1, state.detachments);
        }

        boolean isUnshaken(State before) {
            return state.doubts == before.doubts;
        }

        /** False where there were doubts since. */
        boolean give(State before) {
            return (before.given && before.equals(state)) || giveAnew(before);
        }

        private synchronized boolean giveAnew(State before) {
            if (isUnshaken(before)) {
                state = new State(true, before.doubts, before.detachments);
            }
            return isUnshaken(before);
        }
    }
}
