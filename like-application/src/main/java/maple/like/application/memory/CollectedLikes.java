package maple.like.application.memory;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.LikeReader;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/**
 * Collects changes in the memory of this process, and moves them on to another buffer by stating their outcomes. One
 * instance alone may change that buffer; a process that dies takes with it what was not moved.
 *
 * <p>Of each character that has changes here the total is known here as well, so an answer is exact: until nothing of
 * it waits, nobody asks the buffer behind for its total. An outcome is stated until it is acknowledged, and forgotten
 * unless it changed meanwhile. Safe for use by any number of threads.
 */
public final class CollectedLikes implements LikeToggle, LikeReader {
    /** What one thread states before the next part is somebody's. */
    private static final int PART = 50;

    private final LikePartitions partitions;
    private final LikeToggle toggleBehind;
    private final LikeReader readerBehind;
    private final ExecutorService movers;
    private final long mostWaiting;
    private final List<Map<Ocid, Collected>> collected = new ArrayList<>();
    private final AtomicLong[] waiting;

    /**
     * Starts with nothing collected.
     *
     * @param movers states outcomes, many at a time; stays the caller's to shut down
     * @param mostWaiting how many changes may wait in each partition before more are refused; 1 or more
     */
    public CollectedLikes(
            LikePartitions partitions,
            LikeToggle toggleBehind,
            LikeReader readerBehind,
            ExecutorService movers,
            int mostWaiting) {
        this.partitions = partitions;
        this.toggleBehind = toggleBehind;
        this.readerBehind = readerBehind;
        this.movers = movers;
        this.mostWaiting = mostWaiting;
        this.waiting = new AtomicLong[partitions.count()];
        partitions.all().forEach(partition -> {
            collected.add(new ConcurrentHashMap<>());
            waiting[partition] = new AtomicLong();
        });
    }

    /** How many changes wait to be moved on. */
    public long waiting(int partition) {
        return waiting[partition].get();
    }

    @Override
    public Optional<Toggled> apply(RelationKey relation, CharacterName name, LikeIntent intent) {
        int partition = partitions.of(relation.target());
        while (true) {
            Collected character =
                    collected.get(partition).computeIfAbsent(relation.target(), target -> new Collected(name));
            Attempt attempt = character.locked(() -> character.apply(partition, relation, intent));
            character.leaveIfIdle(partition, relation.target());
            if (attempt.made()) {
                return attempt.toggled();
            }
        }
    }

    @Override
    public Optional<LikeStatus> status(RelationKey relation, CharacterName name) {
        return read(
                relation.target(), character -> character.status(relation), () -> readerBehind.status(relation, name));
    }

    @Override
    public Optional<LikeCount> count(GameCharacter character) {
        return read(character.ocid(), Collected::count, () -> readerBehind.count(character));
    }

    /** Where nothing waits, the buffer behind knows everything. */
    private <R> Optional<R> read(Ocid target, Function<Collected, Optional<R>> here, Supplier<Optional<R>> behind) {
        Collected character = collected.get(partitions.of(target)).get(target);
        if (character == null) {
            return behind.get();
        }
        return character.locked(() -> character.total == null ? behind.get() : here.apply(character));
    }

    /** Not made where somebody else collects by now. */
    private record Attempt(boolean made, Optional<Toggled> toggled) {}

    /**
     * States everything that waits in a partition; what fails waits on. To be called by one thread at a time.
     *
     * @return changes of characters that do not exist behind, which were given up
     */
    public long move(int partition) throws InterruptedException {
        List<Callable<Long>> parts = new ArrayList<>();
        collected.get(partition).forEach((target, character) -> {
            List<Map.Entry<RelationKey, Boolean>> outcomes = character.locked(
                    () -> List.copyOf(Map.copyOf(character.waiting).entrySet()));
            for (int from = 0; from < outcomes.size(); from += PART) {
                List<Map.Entry<RelationKey, Boolean>> part =
                        outcomes.subList(from, Math.min(from + PART, outcomes.size()));
                parts.add(() -> state(partition, target, character, part));
            }
        });
        long givenUp = 0;
        RuntimeException failure = null;
        for (Future<Long> part : movers.invokeAll(parts)) {
            try {
                givenUp += part.get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof RuntimeException cause)) {
                    throw new IllegalStateException(e.getCause());
                }
                failure = cause;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return givenUp;
    }

    private long state(
            int partition, Ocid target, Collected character, List<Map.Entry<RelationKey, Boolean>> outcomes) {
        long givenUp = 0;
        for (Map.Entry<RelationKey, Boolean> outcome : outcomes) {
            LikeIntent intent = outcome.getValue() ? LikeIntent.LIKE : LikeIntent.UNLIKE;
            boolean exists =
                    toggleBehind.apply(outcome.getKey(), character.name, intent).isPresent();
            character.locked(() -> character.moved(partition, outcome, exists));
            givenUp += exists ? 0 : 1;
        }
        character.leaveIfIdle(partition, target);
        return givenUp;
    }

    /** A character that has changes here. */
    private final class Collected {
        final CharacterName name;

        /** The state of each relation that the buffer behind was not told of, or not known to have been. */
        final Map<RelationKey, Boolean> waiting = new LinkedHashMap<>();

        /** A caller that has to ask behind keeps those of this character waiting, and no others. */
        private final ReentrantLock lock = new ReentrantLock();

        private boolean left;
        private @Nullable Long total;
        private long delta;

        Collected(CharacterName name) {
            this.name = name;
        }

        <R> R locked(Supplier<R> work) {
            lock.lock();
            try {
                return work.get();
            } finally {
                lock.unlock();
            }
        }

        Attempt apply(int partition, RelationKey relation, LikeIntent intent) {
            return left
                    ? new Attempt(false, Optional.empty())
                    : new Attempt(true, status(relation).map(status -> apply(partition, relation, intent, status)));
        }

        private Toggled apply(int partition, RelationKey relation, LikeIntent intent, LikeStatus status) {
            boolean liked = status.liked();
            boolean wanted = intent.appliedTo(liked);
            long exact = status.likeCount().value();
            if (wanted != liked) {
                if (!waiting.containsKey(relation)) {
                    requireRoom(partition);
                }
                waiting.put(relation, wanted);
                delta += wanted ? 1 : -1;
                exact += wanted ? 1 : -1;
                total = exact;
            }
            return new Toggled(new LikeStatus(wanted, new LikeCount(exact)), wanted != liked, delta);
        }

        private void requireRoom(int partition) {
            AtomicLong changes = CollectedLikes.this.waiting[partition];
            if (changes.incrementAndGet() > mostWaiting) {
                changes.decrementAndGet();
                throw BufferUnavailableException.unasked("Too many changes wait already: " + mostWaiting, null);
            }
        }

        /** What waits is known here, and so is the total while anything does. */
        Optional<LikeStatus> status(RelationKey relation) {
            Long exact = total;
            if (exact == null) {
                return readerBehind.status(relation, name);
            }
            Boolean liked = waiting.get(relation);
            return liked == null
                    ? readerBehind
                            .status(relation, name)
                            .map(behind -> new LikeStatus(behind.liked(), new LikeCount(exact)))
                    : Optional.of(new LikeStatus(liked, new LikeCount(exact)));
        }

        Optional<LikeCount> count() {
            return Optional.ofNullable(total).map(LikeCount::new);
        }

        boolean moved(int partition, Map.Entry<RelationKey, Boolean> outcome, boolean exists) {
            if (!waiting.remove(outcome.getKey(), outcome.getValue())
                    && (exists || waiting.remove(outcome.getKey()) == null)) {
                return false; // it is another by now, and waits on
            }
            CollectedLikes.this.waiting[partition].decrementAndGet();
            if (waiting.isEmpty()) {
                total = null;
                delta = 0;
            }
            return true;
        }

        void leaveIfIdle(int partition, Ocid target) {
            locked(() -> {
                if (waiting.isEmpty() && !left) {
                    left = true;
                    collected.get(partition).remove(target, this);
                }
                return left;
            });
        }
    }
}
