package maple.like.application.service;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maple.like.application.RelationChanges;
import maple.like.application.likes.Reconciler;
import maple.like.application.port.in.AuditLikes;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.CharacterCount;
import maple.like.application.port.out.LikeLedger.CountPage;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.PendingLikes;
import maple.like.application.port.out.PendingLikes.Reconciliation;
import maple.like.application.port.out.PrimaryInspection;
import maple.like.application.port.out.PrimaryInspection.Backlog;
import maple.like.application.port.out.PrimaryInspection.CountState;
import maple.like.application.port.out.PrimaryInspection.Page;
import maple.like.application.port.out.PrimaryInspection.Pending;
import maple.like.application.port.out.PrimaryInspection.RelationState;
import maple.like.application.port.out.PrimaryInspection.Relations;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/**
 * Under the lock rows and counts stand still. The primary store does not, so it is read last, and of one moment: a
 * relation that is no longer as its row has a pending change.
 */
final class AuditLikesService implements AuditLikes {
    private final LikeLedger ledger;
    private final @Nullable Primary primary;
    private final CharacterDirectory stored;
    private final int pageSize;
    private final int largestBacklog;

    /** @param primary what rows are compared with, or null to compare them with counts alone */
    AuditLikesService(
            LikeLedger ledger, @Nullable Primary primary, CharacterDirectory stored, int pageSize, int largestBacklog) {
        if (pageSize < 1 || largestBacklog < 0) {
            throw new IllegalArgumentException(
                    "pageSize must be 1 or more and largestBacklog not negative: " + pageSize + ", " + largestBacklog);
        }
        this.ledger = ledger;
        this.primary = primary;
        this.stored = stored;
        this.pageSize = pageSize;
        this.largestBacklog = largestBacklog;
    }

    /** A primary store that can be inspected. */
    record Primary(PendingLikes pending, PrimaryInspection inspection) {
        /** False where the rows are ahead by right: the store has yet to be given the journal. */
        boolean isComparable(int partition, LockedPartition locked) {
            Reconciler reconciler = new Reconciler(pending);
            while (reconciler.reconcile(partition, locked) == Reconciliation.UNFINISHED) {
                // another part
            }
            return !locked.row().state().databaseDecides()
                    && locked.journal().entries(1).isEmpty();
        }
    }

    @Override
    public Report audit(int partition) {
        Findings findings = new Findings();
        admitCharacters(partition);
        compareCounts(partition, findings);
        if (primary != null) {
            compareRows(partition, primary, findings);
            compareHeld(partition, primary, findings);
            compareBacklog(partition, primary, findings);
        }
        findings.deadLetters =
                ledger.awaitPartition(partition, locked -> locked.inspection().deadLetters());
        return findings.report();
    }

    @Override
    public boolean repair(int partition) {
        String cursor = LikeLedger.START;
        for (boolean last = false; !last; ) {
            String from = cursor;
            CountPage page = ledger.awaitPartition(partition, locked -> {
                CountPage counts = locked.inspection().countsAfter(from, pageSize);
                List<Ocid> wrong = new ArrayList<>();
                for (CharacterCount count : counts.counts()) {
                    if (count.likeCount() != count.rows()) {
                        wrong.add(count.character().ocid());
                    }
                }
                if (!wrong.isEmpty()) {
                    locked.inspection().recount(wrong);
                }
                return counts;
            });
            cursor = page.next();
            last = page.last();
        }
        Primary repaired = primary;
        if (repaired == null) {
            return true;
        }
        boolean invalidated = ledger.awaitPartition(partition, locked -> {
            boolean comparable = repaired.isComparable(partition, locked);
            if (comparable) {
                locked.primary().invalidate();
            }
            return comparable;
        });
        if (invalidated) {
            // After the commit: a primary store that is ahead of the database would stop every flush.
            ledger.awaitPartition(partition, locked -> repaired.isComparable(partition, locked));
        }
        return invalidated;
    }

    /** A character that returned may leave the primary store invalidated, which the next look at it puts right. */
    private void admitCharacters(int partition) {
        Primary compared = primary;
        boolean more = compared != null;
        while (more) {
            more = ledger.awaitPartition(partition, locked -> {
                boolean returned = requireNonNull(compared).isComparable(partition, locked)
                        && locked.rows().admitCharacters();
                if (returned) {
                    locked.primary().invalidate();
                }
                return returned;
            });
        }
    }

    private void compareCounts(int partition, Findings findings) {
        String cursor = LikeLedger.START;
        for (boolean last = false; !last; ) {
            String from = cursor;
            CountsCompared found = ledger.awaitPartition(partition, locked -> {
                boolean comparable = primary == null || primary.isComparable(partition, locked);
                CountPage page = locked.inspection().countsAfter(from, pageSize);
                List<GameCharacter> characters = new ArrayList<>();
                page.counts().forEach(count -> characters.add(count.character()));
                return new CountsCompared(
                        page,
                        comparable,
                        primary != null && comparable ? primary.inspection().counts(partition, characters) : Map.of());
            });
            found.page().counts().forEach(count -> compare(count, found.states(), findings));
            found.page().unusable().forEach(findings::addUnusable);
            findings.comparable &= found.comparable();
            cursor = found.page().next();
            last = found.page().last();
        }
    }

    private static void compare(CharacterCount count, Map<GameCharacter, CountState> states, Findings findings) {
        findings.characters++;
        String name = count.character().name().value();
        if (count.likeCount() != count.rows()) {
            findings.add(Kind.COUNT, name, count.rows(), count.likeCount());
        }
        CountState state = states.get(count.character());
        if (state != null && state.total().isPresent()) {
            long expected = count.rows() + state.buffered();
            long total = state.total().getAsLong();
            if (total != expected) {
                findings.add(Kind.TOTAL, name, expected, total);
            }
        }
    }

    private void compareRows(int partition, Primary compared, Findings findings) {
        String cursor = LikeLedger.START;
        for (boolean last = false; !last && findings.comparable; ) {
            String from = cursor;
            RowsCompared found = ledger.awaitPartition(partition, locked -> {
                boolean comparable = compared.isComparable(partition, locked);
                RelationPage page = locked.rows().relationsAfter(from, pageSize);
                return new RowsCompared(page, comparable, relations(partition, compared, comparable, page.relations()));
            });
            findings.comparable &= found.comparable();
            findings.rows += found.page().relations().size();
            found.relations()
                    .states()
                    .forEach((relation, state) ->
                            judge(relation, true, state, found.relations().complete(), findings));
            cursor = found.page().next();
            last = found.page().last();
        }
    }

    private void compareHeld(int partition, Primary compared, Findings findings) {
        Optional<String> cursor = Optional.of(PrimaryInspection.START);
        while (cursor.isPresent() && findings.comparable) {
            String from = cursor.get();
            HeldCompared found = ledger.awaitPartition(partition, locked -> {
                boolean comparable = compared.isComparable(partition, locked);
                Page page = compared.inspection().page(partition, from, pageSize);
                Set<RelationKey> relations = new HashSet<>(page.relations());
                RelationChanges rows = comparable ? locked.inspection().stored(relations) : RelationChanges.NONE;
                relations.removeAll(rows.likes()); // compared with their rows
                return new HeldCompared(page, comparable, rows, relations(partition, compared, comparable, relations));
            });
            findings.comparable &= found.comparable();
            findings.held += found.page().relations().size();
            found.page()
                    .unreadable()
                    .forEach(text -> findings.add(Kind.RELATION, text, "accountId:targetOcid", "no relation"));
            found.relations().states().forEach((relation, state) -> {
                if (found.rows().unlikes().contains(relation)) {
                    judge(relation, false, state, found.relations().complete(), findings);
                } else {
                    findings.withoutCharacter++;
                }
            });
            cursor = found.page().next();
        }
    }

    private static Relations relations(
            int partition, Primary compared, boolean comparable, Collection<RelationKey> relations) {
        return comparable ? compared.inspection().relations(partition, relations) : new Relations(false, Map.of());
    }

    private static void judge(
            RelationKey relation, boolean row, RelationState state, boolean complete, Findings findings) {
        if (state.pending() == Pending.BOTH) {
            findings.add(Kind.RELATION, relation.value(), "one pending change", "a like and an unlike");
            return;
        }
        boolean settled = state.pending() == Pending.NONE;
        boolean expected = settled ? row : state.pending() == Pending.LIKE;
        if (state.liked() == expected) {
            return;
        }
        if (settled && row && !complete) {
            findings.warmingUp++;
            return;
        }
        String reason = settled ? (row ? " (a row)" : " (no row)") : " (pending)";
        findings.add(Kind.RELATION, relation.value(), liked(expected) + reason, liked(state.liked()));
    }

    private static String liked(boolean liked) {
        return liked ? "liked" : "not liked";
    }

    private void compareBacklog(int partition, Primary compared, Findings findings) {
        BacklogCompared found = ledger.awaitPartition(partition, locked -> {
            boolean comparable = compared.isComparable(partition, locked);
            Optional<Backlog> backlog =
                    comparable ? compared.inspection().backlog(partition, largestBacklog) : Optional.empty();
            Map<GameCharacter, Long> effect =
                    backlog.map(all -> locked.rows().effectOf(all.changes())).orElse(Map.of());
            return new BacklogCompared(comparable, backlog, effect);
        });
        findings.comparable &= found.comparable();
        if (found.backlog().isEmpty()) {
            findings.backlogTooLarge = found.comparable();
            return;
        }
        Map<CharacterName, Long> buffered = found.backlog().get().buffered();
        Map<CharacterName, Long> effect = new LinkedHashMap<>();
        found.effect().forEach((character, change) -> effect.put(character.name(), change));
        Set<CharacterName> names = new LinkedHashSet<>(effect.keySet());
        names.addAll(buffered.keySet());
        for (CharacterName name : names) {
            long expected = effect.getOrDefault(name, 0L);
            long counted = buffered.getOrDefault(name, 0L);
            // What is buffered for a character that no longer exists is dropped when nothing is pending.
            if (expected != counted && stored.isCounted(name)) {
                findings.add(Kind.BUFFER, name.value(), expected, counted);
            }
        }
    }

    private record CountsCompared(CountPage page, boolean comparable, Map<GameCharacter, CountState> states) {}

    private record RowsCompared(RelationPage page, boolean comparable, Relations relations) {}

    private record HeldCompared(Page page, boolean comparable, RelationChanges rows, Relations relations) {}

    private record BacklogCompared(boolean comparable, Optional<Backlog> backlog, Map<GameCharacter, Long> effect) {}

    /** What was found so far, in bounded space. */
    private static final class Findings {
        private static final int LISTED = 1_000;

        private final Set<Difference> differences = new LinkedHashSet<>();
        private boolean comparable = true;
        private boolean backlogTooLarge;
        private long unlisted;
        private long characters;
        private long rows;
        private long held;
        private long warmingUp;
        private long withoutCharacter;
        private long deadLetters;
        private final List<String> unusable = new ArrayList<>();

        void addUnusable(String row) {
            if (unusable.size() < LISTED) {
                unusable.add(row);
            }
        }

        void add(Kind kind, String what, Object expected, Object found) {
            Difference difference = new Difference(kind, what, expected.toString(), found.toString());
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
                    new Remarks(warmingUp, withoutCharacter, deadLetters, unusable, backlogTooLarge),
                    comparable);
        }
    }
}
