package maple.like.application.service;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.ErasureUnderWayException;
import maple.like.application.LikesUnavailableException;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.port.in.EraseAccount;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.AccountErasure;
import maple.like.application.port.out.CharacterRetirement;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLists;
import maple.like.application.port.out.LikeLists.Entry;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.LikeToggle.Outcome;
import maple.like.application.port.out.LikeToggle.Relation;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.port.out.PendingLikes.LikesPage;
import maple.like.application.port.out.PendingLikes.PendingPage;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeEvent;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;

/**
 * Works in passes until one leaves nothing. A pass stores what is pending, so that no like is in the primary store alone
 * while the database decides; takes back what the rows and the primary store hold; stores that; and removes the rest.
 *
 * @param sync flushes to the same database
 * @param workers take likes back side by side
 */
record EraseAccountService(
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
        Executor workers)
        implements EraseAccount {
    private static final int PAGE = 1_000;

    /** Likes of a page that are taken back side by side. */
    private static final int SIDE_BY_SIDE = 16;

    private static final int MOST_PASSES = 5;

    private static final String PRIMARY = "primary store";

    @Override
    public List<AccountId> interrupted() {
        return accounts.unclaimed();
    }

    @Override
    public Erased erase(AccountId account) {
        if (!accounts.claim(account)) {
            throw new ErasureUnderWayException("The erasure is under way", null);
        }
        try {
            Erased erased = inPasses(account);
            accounts.complete(account);
            return erased;
        } catch (LikesUnavailableException e) {
            release(account, e);
            throw new ErasureUnderWayException("The erasure was interrupted: " + e.reason(), e);
        } catch (RuntimeException e) {
            release(account, e);
            throw e;
        }
    }

    private void release(AccountId account, RuntimeException failure) {
        try {
            accounts.release(account);
        } catch (RuntimeException claimExpires) {
            failure.addSuppressed(claimExpires);
        }
    }

    private Erased inPasses(AccountId account) {
        long removed = 0;
        long inLastPass = 0;
        Map<String, Long> left = Map.of();
        for (int pass = 0; pass < MOST_PASSES; pass++) {
            inLastPass = pass(account);
            removed += inLastPass;
            left = whatIsLeft(account);
            if (left.isEmpty()) {
                return new Erased(removed, left);
            }
        }
        if (inLastPass == 0) {
            throw PrimaryUnavailableException.notSent("Something of the account is left: " + left, null);
        }
        return new Erased(removed, left); // likes that the account gives all the time
    }

    /** Returns how many likes it took back. */
    private long pass(AccountId account) {
        drain(account);
        List<RelationKey> orphans = new ArrayList<>();
        long removed = takeBackRows(account) + takeBackHeld(account, orphans);
        removed += removeOrphans(account, orphans);
        drain(account);
        if (accounts.records().refusedUnlikes(account) > 0) {
            throw new DatabaseUnavailableException(
                    "The database refuses to remove likes of the account; like_set_aside says why", null);
        }
        partitions.all().forEach(partition -> primary.records().forgetAnswers(partition, account));
        accounts.records().removeRecords(account);
        return removed;
    }

    private void drain(AccountId account) {
        Drain drain = new Drain(sync);
        partitions.all().forEach(partition -> {
            drain.drain(partition, () -> pendingOf(account, partition) == 0);
            accounts.renew(account);
        });
    }

    private long takeBackRows(AccountId account) {
        long removed = 0;
        List<Entry> page = lists.likesOf(account, LikeLists.START, PAGE);
        while (!page.isEmpty()) {
            removed += takeBack(page.stream().map(Entry::relation).toList());
            accounts.renew(account);
            page = lists.likesOf(account, page.get(page.size() - 1).number(), PAGE);
        }
        return removed;
    }

    /** What the primary store holds besides: likes that it was given since, or whose row another writer has deleted. */
    private long takeBackHeld(AccountId account, List<RelationKey> orphans) {
        AtomicLong removed = new AtomicLong();
        forEachHeld(account, page -> {
            List<Relation> found = new ArrayList<>();
            for (RelationKey relation : page) {
                Optional<GameCharacter> character = characters.find(relation.target());
                character.ifPresentOrElse(
                        exists -> found.add(new Relation(account, exists)), () -> orphans.add(relation));
            }
            removed.addAndGet(takeBack(found));
        });
        return removed.get();
    }

    private void forEachHeld(AccountId account, Consumer<List<RelationKey>> work) {
        partitions.all().forEach(partition -> {
            Optional<String> cursor = Optional.of(LikeLedger.START);
            while (cursor.isPresent()) {
                LikesPage page = primary.records().likesOf(account, partition, cursor.get(), PAGE);
                if (!page.relations().isEmpty()) {
                    work.accept(page.relations());
                }
                cursor = page.next();
            }
            accounts.renew(account);
        });
    }

    /** Those that are liked: reading them first fetches their totals together. */
    private long takeBack(List<Relation> relations) {
        if (relations.isEmpty()) {
            return 0;
        }
        Map<Relation, LikeStatus> statuses = likes.statuses(relations);
        List<Relation> liked = relations.stream()
                .filter(relation ->
                        Optional.ofNullable(statuses.get(relation)).stream().anyMatch(LikeStatus::liked))
                .toList();
        AtomicLong removed = new AtomicLong();
        List<CompletableFuture<Void>> parts = new ArrayList<>();
        int size = Math.max(1, (liked.size() + SIDE_BY_SIDE - 1) / SIDE_BY_SIDE);
        for (int from = 0; from < liked.size(); from += size) {
            List<Relation> part = liked.subList(from, Math.min(from + size, liked.size()));
            parts.add(CompletableFuture.runAsync(
                    () -> part.forEach(relation -> removed.addAndGet(unlike(relation))), workers));
        }
        try {
            CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
        return removed.get();
    }

    private int unlike(Relation relation) {
        Optional<Outcome> changed = likes.apply(relation.account(), relation.character(), LikeIntent.UNLIKE)
                .filter(Outcome::changed);
        changed.ifPresent(outcome -> events.publish(LikeEvent.of(
                false,
                relation.character(),
                outcome.newDelta(),
                outcome.status().likeCount(),
                clock.instant())));
        return changed.isPresent() ? 1 : 0;
    }

    private long removeOrphans(AccountId account, List<RelationKey> held) {
        long removed = removeOrphans(held);
        List<RelationKey> page = accounts.records().orphansOf(account, PAGE);
        while (!page.isEmpty()) {
            removed += removeOrphans(page);
            accounts.renew(account);
            page = accounts.records().orphansOf(account, PAGE);
        }
        return removed;
    }

    private long removeOrphans(List<RelationKey> orphans) {
        Map<Integer, List<RelationKey>> byPartition =
                orphans.stream().collect(Collectors.groupingBy(orphan -> partitions.of(orphan.target())));
        long removed = 0;
        for (Map.Entry<Integer, List<RelationKey>> some : byPartition.entrySet()) {
            removed +=
                    ledger.awaitPartition(some.getKey(), locked -> locked.rows().removeOrphans(some.getValue()));
        }
        return removed;
    }

    private Map<String, Long> whatIsLeft(AccountId account) {
        Map<String, Long> left = new HashMap<>(accounts.records().countOf(account));
        AtomicLong inPrimary = new AtomicLong();
        forEachHeld(account, page -> inPrimary.addAndGet(page.size()));
        partitions.all().forEach(partition -> inPrimary.addAndGet(pendingOf(account, partition)));
        if (inPrimary.get() > 0) {
            left.put(PRIMARY, inPrimary.get());
        }
        return left;
    }

    private long pendingOf(AccountId account, int partition) {
        long count = 0;
        Optional<String> cursor = Optional.of(LikeLedger.START);
        while (cursor.isPresent()) {
            PendingPage page = primary.records().pendingAfter(partition, cursor.get(), PAGE);
            count += page.changes().relations().stream()
                    .filter(relation -> relation.account().equals(account))
                    .count();
            cursor = page.next();
        }
        return count;
    }
}
