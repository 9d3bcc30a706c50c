package maple.like.application.service;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maple.like.application.port.in.AuditLikes;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.HeldLikes;
import maple.like.application.port.out.HeldLikes.Change;
import maple.like.application.port.out.HeldLikes.Counted;
import maple.like.application.port.out.HeldLikes.Held;
import maple.like.application.port.out.HeldLikes.HeldPage;
import maple.like.application.port.out.HeldLikes.Holding;
import maple.like.application.port.out.HeldLikes.Waiting;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.LikeLedger.Tally;
import maple.like.application.port.out.LikeLedger.TallyPage;
import maple.like.application.port.out.PendingLikes;
import maple.like.domain.CharacterName;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;

/**
 * Under the lock rows and counts stand still. The buffer does not, so what it holds is asked for last, and of one moment:
 * a relation that is no longer as its row says has a change that waits.
 */
record AuditLikesService(
        LikeLedger ledger,
        PendingLikes pending,
        HeldLikes held,
        CharacterDirectory stored,
        int pageSize,
        int mostWaiting)
        implements AuditLikes {

    AuditLikesService {
        if (pageSize < 1 || mostWaiting < 0) {
            throw new IllegalArgumentException(
                    "pageSize must be 1 or more and mostWaiting not negative: " + pageSize + ", " + mostWaiting);
        }
    }

    @Override
    public Report audit(int partition) {
        Notebook notes = new Notebook();
        compareCounts(partition, notes);
        compareRows(partition, notes);
        compareHeld(partition, notes);
        compareBuffer(partition, notes);
        return notes.report();
    }

    @Override
    public boolean repair(int partition) {
        long cursor = 0;
        for (boolean last = false; !last; ) {
            long from = cursor;
            TallyPage page = ledger.awaitPartition(partition, locked -> {
                TallyPage tallies = locked.talliesAfter(from, pageSize);
                List<Ocid> wrong = new ArrayList<>();
                for (Tally tally : tallies.tallies()) {
                    if (tally.likeCount() != tally.rows()) {
                        wrong.add(tally.character().ocid());
                    }
                }
                if (!wrong.isEmpty()) {
                    locked.recount(wrong);
                }
                return tallies;
            });
            cursor = page.nextCursor();
            last = page.last();
        }
        boolean outpaced = ledger.awaitPartition(partition, locked -> {
            boolean comparable = settle(partition, locked);
            if (comparable) {
                locked.outpaceBuffer();
            }
            return comparable;
        });
        if (outpaced) {
            // After the commit: a buffer that is ahead of the store would turn everybody away.
            ledger.awaitPartition(partition, locked -> settle(partition, locked));
        }
        return outpaced;
    }

    /** False where the rows are ahead of a buffer that has yet to be told. */
    private boolean settle(int partition, LockedPartition locked) {
        pending.settle(partition, locked.state(), locked::changes);
        return !locked.detached() && locked.journal(1).isEmpty();
    }

    private void compareCounts(int partition, Notebook notes) {
        long cursor = 0;
        for (boolean last = false; !last; ) {
            long from = cursor;
            Tallied found = ledger.awaitPartition(partition, locked -> {
                boolean comparable = settle(partition, locked);
                TallyPage page = locked.talliesAfter(from, pageSize);
                List<CharacterName> names = new ArrayList<>();
                page.tallies().forEach(tally -> names.add(tally.character().name()));
                return new Tallied(page, comparable, comparable ? held.counted(partition, names) : Map.of());
            });
            found.page().tallies().forEach(tally -> compare(tally, found.counted(), notes));
            notes.comparable &= found.comparable();
            cursor = found.page().nextCursor();
            last = found.page().last();
        }
    }

    private static void compare(Tally tally, Map<CharacterName, Counted> counted, Notebook notes) {
        notes.characters++;
        String name = tally.character().name().value();
        if (tally.likeCount() != tally.rows()) {
            notes.add(
                    new Difference(Kind.COUNT, name, String.valueOf(tally.rows()), String.valueOf(tally.likeCount())));
        }
        Counted known = counted.get(tally.character().name());
        if (known != null && known.total().isPresent()) {
            long expected = tally.rows() + known.buffered();
            long total = known.total().getAsLong();
            if (total != expected) {
                notes.add(new Difference(Kind.TOTAL, name, String.valueOf(expected), String.valueOf(total)));
            }
        }
    }

    private void compareRows(int partition, Notebook notes) {
        long cursor = 0;
        for (boolean last = false; !last && notes.comparable; ) {
            long from = cursor;
            RowsCompared found = ledger.awaitPartition(partition, locked -> {
                boolean comparable = settle(partition, locked);
                RelationPage page = locked.relationsAfter(from, pageSize);
                return new RowsCompared(page, comparable, holding(partition, comparable, page.relations()));
            });
            notes.comparable &= found.comparable();
            notes.rows += found.page().relations().size();
            found.holding().relations().forEach((relation, how) -> judge(relation, true, how, found.holding(), notes));
            cursor = found.page().nextCursor();
            last = found.page().last();
        }
    }

    private void compareHeld(int partition, Notebook notes) {
        Optional<String> cursor = Optional.of(HeldLikes.START);
        while (cursor.isPresent() && notes.comparable) {
            String from = cursor.get();
            HeldCompared found = ledger.awaitPartition(partition, locked -> {
                boolean comparable = settle(partition, locked);
                HeldPage page = held.page(partition, from, pageSize);
                Set<RelationKey> relations = new HashSet<>(page.relations());
                Map<RelationKey, Boolean> rows = comparable ? locked.stored(relations) : Map.of();
                relations.removeIf(relation -> Boolean.TRUE.equals(rows.get(relation))); // compared with its row
                return new HeldCompared(page, comparable, rows, holding(partition, comparable, relations));
            });
            notes.comparable &= found.comparable();
            notes.held += found.page().relations().size();
            found.page()
                    .unreadable()
                    .forEach(text ->
                            notes.add(new Difference(Kind.RELATION, text, "accountId:targetOcid", "no relation")));
            found.holding().relations().forEach((relation, how) -> {
                if (found.rows().containsKey(relation)) {
                    judge(relation, false, how, found.holding(), notes);
                } else {
                    notes.withoutCharacter++;
                }
            });
            cursor = found.page().next();
        }
    }

    private Holding holding(int partition, boolean comparable, Collection<RelationKey> relations) {
        return comparable ? held.holding(partition, relations) : new Holding(false, Map.of());
    }

    private static void judge(RelationKey relation, boolean row, Held how, Holding holding, Notebook notes) {
        if (how.change() == Change.BOTH) {
            notes.add(new Difference(Kind.RELATION, relation.value(), "one change that waits", "a like and an unlike"));
            return;
        }
        boolean expected = how.change() == Change.NONE ? row : how.change() == Change.LIKE;
        if (how.liked() == expected) {
            return;
        }
        if (how.change() == Change.NONE && row && !holding.complete()) {
            notes.beingCopied++;
            return;
        }
        String reason = how.change() == Change.NONE ? (row ? " (a row)" : " (no row)") : " (waits)";
        notes.add(new Difference(Kind.RELATION, relation.value(), state(expected) + reason, state(how.liked())));
    }

    private static String state(boolean liked) {
        return liked ? "liked" : "not liked";
    }

    private void compareBuffer(int partition, Notebook notes) {
        Counts found = ledger.awaitPartition(partition, locked -> {
            boolean comparable = settle(partition, locked);
            Optional<Waiting> waiting = comparable ? held.waiting(partition, mostWaiting) : Optional.empty();
            Map<CharacterName, Long> changes =
                    waiting.map(all -> locked.changes(all.changes())).orElse(Map.of());
            return new Counts(comparable, waiting, changes, locked.setAside());
        });
        notes.comparable &= found.comparable();
        notes.setAside = found.setAside();
        if (found.waiting().isEmpty()) {
            notes.tooMuchWaits = found.comparable();
            return;
        }
        Map<CharacterName, Long> buffered = found.waiting().get().buffered();
        Set<CharacterName> names = new LinkedHashSet<>(found.changes().keySet());
        names.addAll(buffered.keySet());
        for (CharacterName name : names) {
            long expected = found.changes().getOrDefault(name, 0L);
            long counted = buffered.getOrDefault(name, 0L);
            // What is counted for a character that no longer exists is dropped when nothing waits.
            if (expected != counted && stored.find(name).isPresent()) {
                notes.add(new Difference(Kind.BUFFER, name.value(), String.valueOf(expected), String.valueOf(counted)));
            }
        }
    }

    private record Tallied(TallyPage page, boolean comparable, Map<CharacterName, Counted> counted) {}

    private record RowsCompared(RelationPage page, boolean comparable, Holding holding) {}

    private record HeldCompared(HeldPage page, boolean comparable, Map<RelationKey, Boolean> rows, Holding holding) {}

    private record Counts(
            boolean comparable, Optional<Waiting> waiting, Map<CharacterName, Long> changes, long setAside) {}

    /** What was seen so far, in bounded space. */
    private static final class Notebook {
        private static final int LISTED = 1_000;

        private final Set<Difference> differences = new LinkedHashSet<>();
        private boolean comparable = true;
        private boolean tooMuchWaits;
        private long unlisted;
        private long characters;
        private long rows;
        private long held;
        private long beingCopied;
        private long withoutCharacter;
        private long setAside;

        void add(Difference difference) {
            if (differences.size() < LISTED) {
                differences.add(difference);
            } else if (!differences.contains(difference)) {
                unlisted++;
            }
        }

        Report report() {
            return new Report(
                    new Extent(characters, rows, held),
                    List.copyOf(differences),
                    unlisted,
                    new Remarks(beingCopied, withoutCharacter, setAside, tooMuchWaits),
                    comparable);
        }
    }
}
