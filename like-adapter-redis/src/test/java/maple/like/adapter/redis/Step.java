package maple.like.adapter.redis;

import static maple.like.adapter.redis.Twins.character;
import static maple.like.adapter.redis.Twins.relation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.PartitionState;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.PendingLikes;
import maple.like.domain.LikeIntent;

/**
 * Something that a process does, or that happens to Redis. A flush is several steps, so that others come between them;
 * where the next step never comes, its process died.
 */
sealed interface Step {
    void take(Twins twins, Flushes flushes);

    /** What processes know that flush. */
    final class Flushes {
        /** By partition: what the owner of the lock is about to store. */
        private final Map<Integer, Claimed> claimed = new HashMap<>();

        private final List<Owner> owners = new ArrayList<>();
        private final Map<Integer, List<PartitionState>> stored = new HashMap<>();
        private final Map<Integer, Copied> copied = new HashMap<>();
        private final Map<Integer, Long> cursors = new HashMap<>();
    }

    record Claimed(Optional<LikeBatch> batch, long number, List<JournalEntry> journal, OptionalLong missingFrom) {}

    record Copied(long generation, long cursor, RelationPage page) {}

    /** @param age 0, or how many changes of the store ago a stalled process asked it */
    record Click(int liker, int target, LikeIntent intent, int age) implements Step {
        @Override
        public void take(Twins twins, Flushes flushes) {
            twins.ask(
                    age,
                    side -> side.toggle()
                            .apply(relation(liker, target), character(target).name(), intent));
        }
    }

    record ReadStatus(int liker, int target) implements Step {
        @Override
        public void take(Twins twins, Flushes flushes) {
            twins.ask(side -> side.reader()
                    .status(relation(liker, target), character(target).name()));
        }
    }

    /** @param age as of {@link Click} */
    record ReadCount(int target, int age) implements Step {
        @Override
        public void take(Twins twins, Flushes flushes) {
            twins.ask(age, side -> side.reader().count(character(target)));
        }
    }

    record ReadBacklog(int partition) implements Step {
        @Override
        public void take(Twins twins, Flushes flushes) {
            twins.ask(side -> side.pending().backlog(partition));
        }
    }

    record ForgetTotals() implements Step {
        @Override
        public void take(Twins twins, Flushes flushes) {
            twins.forgetTotals();
        }
    }

    record LoseRedis() implements Step {
        @Override
        public void take(Twins twins, Flushes flushes) {
            twins.lose();
        }
    }

    /** Redis goes back to this moment if {@link GoBack} comes. */
    record Save() implements Step {
        @Override
        public void take(Twins twins, Flushes flushes) {
            twins.save();
        }
    }

    record GoBack() implements Step {
        @Override
        public void take(Twins twins, Flushes flushes) {
            twins.goBack();
        }
    }

    /** Takes the lock, from somebody who died if he did not commit, and claims a batch or imposes the journal. */
    record Claim(int partition, int limit) implements Step {
        @Override
        public void take(Twins twins, Flushes flushes) {
            flushes.claimed.remove(partition);
            twins.store.awaitPartition(partition, locked -> {
                Owner owner = new Owner(partition, locked.state(), locked.journal(limit), limit);
                flushes.owners.add(0, owner);
                if (twins.ask(side -> owner.settle(side, locked)).isPresent()) {
                    owner.claimOrImpose(twins).ifPresent(claimed -> {
                        flushes.claimed.put(partition, claimed);
                        claimed.missingFrom().ifPresent(cursor -> flushes.cursors.put(partition, cursor));
                    });
                }
                return locked;
            });
        }
    }

    /** Somebody sends again what he sent a while ago, and does not know that he has lost the lock since. */
    record ClaimAgain(int age) implements Step {
        @Override
        public void take(Twins twins, Flushes flushes) {
            if (age < flushes.owners.size()) {
                flushes.owners.get(age).claimOrImpose(twins);
            }
        }
    }

    record Owner(int partition, PartitionState state, List<JournalEntry> journal, int limit) {
        boolean settle(Twins.Side side, LockedPartition locked) {
            side.pending().settle(partition, state, locked::changes);
            return true;
        }

        Optional<Claimed> claimOrImpose(Twins twins) {
            return journal.isEmpty()
                    ? twins.ask(side -> {
                                PendingLikes.Claim claim = side.pending().claim(partition, state, limit);
                                twins.claimTheSame(claim.batch());
                                return claim;
                            })
                            .map(claim -> new Claimed(claim.batch(), 0, journal, claim.missingFrom()))
                    : twins.ask(side -> side.pending().impose(partition, state, journal))
                            .map(number -> new Claimed(Optional.empty(), number, journal, OptionalLong.empty()));
        }
    }

    /** Stores what was claimed or imposed. */
    record Commit(int partition) implements Step {
        @Override
        public void take(Twins twins, Flushes flushes) {
            Claimed claimed = flushes.claimed.remove(partition);
            if (claimed == null) {
                return;
            }
            twins.store.awaitPartition(partition, locked -> {
                if (claimed.journal().isEmpty()) {
                    locked.attach();
                    claimed.batch().ifPresent(locked::apply);
                } else {
                    locked.replay(claimed.number(), claimed.journal());
                }
                return flushes.stored
                        .computeIfAbsent(partition, p -> new ArrayList<>())
                        .add(locked.state());
            });
            twins.storeChanged();
        }
    }

    /** @param age 0 for the last state that was committed, more for somebody who was stalled since an earlier one */
    record Finish(int partition, int age) implements Step {
        @Override
        public void take(Twins twins, Flushes flushes) {
            List<PartitionState> stored = flushes.stored.getOrDefault(partition, List.of());
            if (age < stored.size()) {
                PartitionState state = stored.get(stored.size() - 1 - age);
                twins.ask(side -> {
                    side.pending().finish(partition, state);
                    return true;
                });
            }
        }
    }

    /** A round to which nothing happens. */
    record Flush(int partition) implements Step {
        @Override
        public void take(Twins twins, Flushes flushes) {
            Stream.of(new Claim(partition, 100), new Commit(partition), new Finish(partition, 0))
                    .forEach(step -> step.take(twins, flushes));
        }
    }

    /** Copies the page that a claim said was missing; takes the lock as {@link Claim} does. */
    record CopyPage(int partition, int size) implements Step {
        @Override
        public void take(Twins twins, Flushes flushes) {
            flushes.claimed.remove(partition);
            long cursor = flushes.cursors.getOrDefault(partition, 0L);
            twins.store.awaitPartition(partition, locked -> {
                if (!locked.detached()) {
                    Copied copied =
                            new Copied(locked.state().generation(), cursor, locked.relationsAfter(cursor, size));
                    flushes.copied.put(partition, copied);
                    copy(twins, partition, copied);
                    flushes.cursors.put(partition, copied.page().nextCursor());
                }
                return locked;
            });
        }

        private static void copy(Twins twins, int partition, Copied copied) {
            twins.ask(side -> {
                side.pending().restore(partition, copied.generation(), copied.cursor(), copied.page());
                return true;
            });
        }
    }

    /** The last page again, whatever happened since. */
    record CopyPageAgain(int partition) implements Step {
        @Override
        public void take(Twins twins, Flushes flushes) {
            Copied copied = flushes.copied.get(partition);
            if (copied != null) {
                CopyPage.copy(twins, partition, copied);
            }
        }
    }

    /** Without Redis; takes the lock as {@link Claim} does. */
    record Decide(int liker, int target, LikeIntent intent) implements Step {
        @Override
        public void take(Twins twins, Flushes flushes) {
            int partition = twins.partitions.of(character(target).ocid());
            flushes.claimed.remove(partition);
            twins.store.awaitPartition(partition, locked -> locked.decide(relation(liker, target), intent));
            twins.storeChanged();
        }
    }
}
