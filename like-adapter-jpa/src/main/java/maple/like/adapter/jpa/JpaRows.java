package maple.like.adapter.jpa;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maple.like.adapter.jpa.PartitionMembers.Member;
import maple.like.adapter.jpa.RowStatements.LockedCharacter;
import maple.like.adapter.jpa.RowStatements.Written;
import maple.like.application.KeptAnswer;
import maple.like.application.RelationChanges;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.LikeLedger.Rows;
import maple.like.application.port.out.LikeLedger.StoredBatch;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;

/** Stores batches and reads rows. */
record JpaRows(
        JpaLockedPartition partition,
        RowStatements statements,
        PartitionMembers members,
        JpaJournal journal,
        RejectedRows rejected,
        InstantSource clock)
        implements Rows {
    /** Characters of a page of relations: each is a parameter of a statement. */
    private static final int MOST_CHARACTERS = 2_000;

    private static final String NO_CHARACTER = "no character has this OCID";

    @Override
    public StoredBatch store(LikeBatch batch) {
        return partition.attempt(
                "store batch " + batch.number() + " of partition " + partition.number(), () -> stored(batch));
    }

    private StoredBatch stored(LikeBatch batch) {
        Instant now = clock.instant();
        Written written = write(batch, now);
        Map<RelationKey, Boolean> left = written.left();
        journal.append(known(left, written.orphans()), now);
        writeDeadLetters(left, written.orphans(), now);
        List<KeptAnswer> answers = batch.answers().stream()
                .filter(answer -> !left.containsKey(answer.relation()))
                .toList();
        new KeptAnswerStatements(statements.session(), statements.vendor()).insert(answers, now);
        partition.setGeneration(batch.number());

        Map<GameCharacter, Long> countChanges = new HashMap<>();
        written.countChanges().forEach((locked, change) -> countChanges.put(locked.character(), change));
        return new StoredBatch(countChanges, written.inserted(), written.deleted(), List.copyOf(left.keySet()));
    }

    /** Without the relations to characters that were never counted under a name: the primary store cannot know them. */
    private Map<RelationKey, Boolean> known(Map<RelationKey, Boolean> left, List<RelationKey> orphans) {
        if (orphans.isEmpty()) {
            return left;
        }
        Set<String> counted = statements
                .countedNames(
                        orphans.stream().map(orphan -> orphan.target().value()).collect(toSet()))
                .keySet();
        Map<RelationKey, Boolean> known = new HashMap<>(left);
        known.keySet()
                .removeIf(relation -> orphans.contains(relation)
                        && !counted.contains(relation.target().value()));
        return known;
    }

    private Written write(LikeBatch batch, Instant now) {
        Set<RelationKey> known = rejected.reasons().keySet();
        try {
            return statements.write(batch.changes(), known, batch.number(), now);
        } catch (RuntimeException e) {
            Set<RelationKey> suspects = new HashSet<>(batch.changes().relations());
            suspects.removeAll(known);
            rejected.suspect(batch.changes().only(suspects));
            throw e;
        }
    }

    private void writeDeadLetters(Map<RelationKey, Boolean> left, List<RelationKey> orphans, Instant now) {
        if (rejected.withoutDeadLetters()) {
            return;
        }
        Set<RelationKey> withoutCharacter = Set.copyOf(orphans);
        Map<String, List<RelationKey>> byReason = left.keySet().stream()
                .collect(groupingBy(relation -> withoutCharacter.contains(relation)
                        ? NO_CHARACTER
                        : rejected.reasons().getOrDefault(relation, "")));
        try {
            byReason.forEach((reason, relations) -> statements.insertDeadLetters(
                    partition.number(), relations, relation -> !left.getOrDefault(relation, false), reason, now));
        } catch (RuntimeException e) {
            rejected.giveUpDeadLetters();
            throw e;
        }
    }

    @Override
    public int removeOrphans(Collection<RelationKey> relations) {
        return partition.attempt("remove likes without a character from partition " + partition.number(), () -> {
            List<RelationKey> orphans = RowStatements.inFixedOrder(relations);
            Set<Ocid> existing = statements.lockTargets(relations).keySet();
            orphans.removeIf(relation -> existing.contains(relation.target()));
            List<Long> rows = List.copyOf(statements.find(orphans).values());
            statements.delete(rows);
            Map<RelationKey, Boolean> notLiked = new HashMap<>();
            orphans.forEach(orphan -> notLiked.put(orphan, false));
            journal.append(known(notLiked, orphans), clock.instant());
            return rows.size();
        });
    }

    @Override
    public boolean admitCharacters() {
        return partition.attempt(
                "admit characters to partition " + partition.number(),
                () -> members.admit(true).returned());
    }

    @Override
    public Map<GameCharacter, Long> lastChanges(Collection<Ocid> targets) {
        return partition.attempt("read the last changes of partition " + partition.number(), () -> {
            Map<GameCharacter, Long> changes = new HashMap<>();
            for (LockedCharacter locked : statements.lockCharacters(targets).values()) {
                Long generation = locked.lastGeneration();
                if (generation != null && generation == partition.row().generation() && locked.lastChange() != 0) {
                    changes.put(locked.character(), locked.lastChange());
                }
            }
            return changes;
        });
    }

    @Override
    public Map<GameCharacter, Long> effectOf(RelationChanges changes) {
        return partition.attempt("compare changes with partition " + partition.number(), () -> {
            Map<Ocid, LockedCharacter> characters = statements.lockTargets(changes.relations());
            Set<RelationKey> stored = statements.find(changes.relations()).keySet();
            Map<RelationKey, Long> decided = journal.changes(characters.keySet());
            Map<GameCharacter, Long> effect = new HashMap<>();
            for (RelationKey relation : changes.relations()) {
                LockedCharacter locked = characters.get(relation.target());
                if (locked != null) {
                    long before = (stored.contains(relation) ? 1 : 0) - decided.getOrDefault(relation, 0L);
                    long after = changes.likes().contains(relation) ? 1 : 0;
                    effect.merge(locked.character(), after - before, Long::sum);
                }
            }
            return effect;
        });
    }

    @Override
    public RelationPage relationsAfter(String cursor, int limit) {
        JpaInspection.requireLimit(limit);
        return partition.attempt("read relations of partition " + partition.number(), () -> {
            if (!members.admit(false).complete()) {
                return new RelationPage(List.of(), cursor, false);
            }
            return page(RelationCursor.parse(cursor), limit);
        });
    }

    /** The rest of the cursor's character, then rows of the next ones. */
    private RelationPage page(RelationCursor from, int limit) {
        List<Row> page = new ArrayList<>(from.account().isEmpty() ? List.of() : rowsOf(from, limit));
        if (page.size() == limit) {
            return full(page);
        }
        PartitionMembers.Page next = members.charactersAfter(from.ocid(), Math.min(limit, MOST_CHARACTERS));
        String after = next.next();
        boolean last = next.last();
        List<String> targets = new ArrayList<>();
        long expected = page.size();
        for (Member member : next.members()) {
            if (expected >= limit) { // the counts tell how many characters fill the page, approximately
                after = targets.get(targets.size() - 1);
                last = false;
                break;
            }
            targets.add(member.ocid());
            expected += member.likeCount();
        }
        page.addAll(rowsOf(targets, limit - page.size()));
        return page.size() == limit
                ? full(page)
                : new RelationPage(
                        relations(page), RelationCursor.afterCharacter(after).text(), last);
    }

    private RelationPage full(List<Row> page) {
        Row last = page.get(page.size() - 1);
        return new RelationPage(relations(page), new RelationCursor(last.target(), last.account()).text(), false);
    }

    /** Leaves out rows that other writers inserted and that are no relations. Rows of a character follow each other. */
    private List<RelationKey> relations(List<Row> rows) {
        List<RelationKey> relations = new ArrayList<>(rows.size());
        Ocid target = null;
        for (Row row : rows) {
            try {
                if (target == null || !target.value().equals(row.target())) {
                    target = new Ocid(row.target());
                }
                relations.add(new RelationKey(new AccountId(row.account()), target));
            } catch (IllegalArgumentException invalid) {
                statements
                        .admission()
                        .monitor()
                        .skipped(
                                "A row of character_like with target_ocid '" + row.target() + "'",
                                "its account or its OCID is none");
            }
        }
        return relations;
    }

    private List<Row> rowsOf(RelationCursor from, int limit) {
        return statements
                .session()
                .createSelectionQuery("""
                        select likerAccountId
                          from CharacterLikeEntity
                         where targetOcid = :target and likerAccountId > :account
                         order by likerAccountId
                        """, String.class)
                .setParameter("target", from.ocid())
                .setParameter("account", from.account())
                .setMaxResults(limit)
                .getResultList()
                .stream()
                .map(account -> new Row(from.ocid(), account))
                .toList();
    }

    private List<Row> rowsOf(List<String> targets, int limit) {
        if (targets.isEmpty()) {
            return List.of();
        }
        return statements
                .session()
                .createSelectionQuery("""
                        select targetOcid, likerAccountId
                          from CharacterLikeEntity
                         where targetOcid in :targets
                         order by targetOcid, likerAccountId
                        """, Object[].class)
                .setParameterList("targets", targets)
                .setMaxResults(limit)
                .getResultList()
                .stream()
                .map(row -> new Row((String) row[0], (String) row[1]))
                .toList();
    }

    /** A row of a like, as it is stored. */
    private record Row(String target, String account) {}
}
