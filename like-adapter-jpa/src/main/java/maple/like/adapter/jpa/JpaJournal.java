package maple.like.adapter.jpa;

import static java.lang.Boolean.TRUE;
import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maple.like.adapter.jpa.RowStatements.LockedCharacter;
import maple.like.application.IdempotencyKeyReusedException;
import maple.like.application.JournalMark;
import maple.like.application.KeptAnswer;
import maple.like.application.KeyUse;
import maple.like.application.port.out.LikeLedger.Change;
import maple.like.application.port.out.LikeLedger.Decision;
import maple.like.application.port.out.LikeLedger.Journal;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.IdempotencyKey;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeStatus;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;

/** Decides and keeps the journal, which is rows of {@code like_fallback}. */
record JpaJournal(JpaLockedPartition partition, RowStatements statements, InstantSource clock) implements Journal {
    private static final int MOST_PARAMETERS = 1_000;

    @Override
    public List<Optional<Decision>> decide(List<Change> changes) {
        if (!partition.row().state().databaseDecides()) {
            throw new IllegalStateException("Partition " + partition.number() + " is "
                    + partition.row().state() + ": its primary store decides");
        }
        return partition.attempt("decide about " + changes.size() + " changes", () -> {
            Set<RelationKey> relations = new LinkedHashSet<>();
            changes.forEach(change -> relations.add(change.relation()));
            Map<Ocid, LockedCharacter> characters = statements.lockTargets(relations);
            Map<RelationKey, Long> stored = statements.find(relations);
            Answers answers = answers(changes);
            Map<RelationKey, Boolean> liked = new HashMap<>();
            Map<LockedCharacter, Long> added = new HashMap<>();
            List<Optional<Decision>> decisions = new ArrayList<>();
            for (Change change : changes) {
                LockedCharacter locked = characters.get(change.character().ocid());
                if (locked == null) {
                    decisions.add(Optional.empty());
                    continue;
                }
                RelationKey relation = change.relation();
                LikeStatus before = new LikeStatus(
                        liked.getOrDefault(relation, stored.containsKey(relation)),
                        new LikeCount(locked.likeCount() + added.getOrDefault(locked, 0L)));
                Optional<KeptAnswer> answer = answers.find(change);
                if (answer.isPresent()) {
                    LikeStatus status = new LikeStatus(answer.get().liked(), before.likeCount());
                    decisions.add(Optional.of(new Decision(status, false, true)));
                    continue;
                }
                LikeStatus after = before.after(change.intent());
                answers.keep(change, after.liked());
                liked.put(relation, after.liked());
                added.merge(
                        locked, after.likeCount().value() - before.likeCount().value(), Long::sum);
                decisions.add(Optional.of(new Decision(after, !after.equals(before))));
            }
            write(liked, stored, added);
            answers.store();
            return decisions;
        });
    }

    private Answers answers(List<Change> changes) {
        KeptAnswerStatements rows = new KeptAnswerStatements(statements.session(), statements.vendor());
        Instant now = clock.instant();
        Map<AccountKey, KeptAnswer> known = new HashMap<>();
        rows.find(changes, now).forEach(answer -> known.put(new AccountKey(answer.account(), answer.key()), answer));
        return new Answers(rows, now, known, new ArrayList<>());
    }

    private record AccountKey(AccountId account, IdempotencyKey key) {}

    /** Answers that are stored, and those that are about to be. */
    private record Answers(
            KeptAnswerStatements rows, Instant now, Map<AccountKey, KeptAnswer> known, List<KeptAnswer> added) {
        Optional<KeptAnswer> find(Change change) {
            KeyUse use = change.use();
            KeptAnswer answer = use == null ? null : known.get(new AccountKey(change.account(), use.key()));
            if (answer != null) {
                answer.requireTarget(change.character().ocid());
            }
            return Optional.ofNullable(answer);
        }

        void keep(Change change, boolean liked) {
            KeyUse use = change.use();
            if (use != null) {
                KeptAnswer answer = KeptAnswer.of(change.relation(), liked, use);
                known.put(new AccountKey(answer.account(), answer.key()), answer);
                added.add(answer);
            }
        }

        void store() {
            if (rows.insert(added, now) < added.size()) {
                throw new IdempotencyKeyReusedException(); // in another partition, since it was not found
            }
        }
    }

    private void write(
            Map<RelationKey, Boolean> liked, Map<RelationKey, Long> stored, Map<LockedCharacter, Long> added) {
        Instant now = clock.instant();
        List<RelationKey> relations = RowStatements.inFixedOrder(liked.keySet());
        List<Long> changes = relations.stream()
                .map(relation -> (TRUE.equals(liked.get(relation)) ? 1L : 0L) - (stored.containsKey(relation) ? 1 : 0))
                .toList();
        List<RelationKey> missing = new ArrayList<>();
        List<Long> surplus = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            if (changes.get(i) > 0) {
                missing.add(relations.get(i));
            } else if (changes.get(i) < 0) {
                surplus.add(requireNonNull(stored.get(relations.get(i))));
            }
        }
        statements.insert(missing, now);
        statements.delete(surplus);
        added.values().removeIf(change -> change == 0);
        statements.addToCounts(added);
        // Unchanged relations, too: the primary store may hold another state.
        statements.insertJournal(partition.number(), relations, liked, changes, now);
    }

    /** Appends what the rows of relations are, without a change. */
    void append(Map<RelationKey, Boolean> liked, Instant now) {
        List<RelationKey> relations = RowStatements.inFixedOrder(liked.keySet());
        statements.insertJournal(partition.number(), relations, liked, Collections.nCopies(relations.size(), 0L), now);
    }

    @Override
    public List<JournalEntry> entries(int limit) {
        return partition.attempt(
                "read the journal of partition " + partition.number(),
                () -> statements
                        .session()
                        .createSelectionQuery("""
                        select f.id, f.likerAccountId, f.targetOcid, n.countedAs, f.liked, f.changeBy, f.createdAt
                          from LikeFallbackEntity f
                          join LikeCharacterEntity n on n.ocid = f.targetOcid
                         where f.partitionId = :partition
                         order by f.id
                        """, Object[].class)
                        .setParameter("partition", partition.number())
                        .setMaxResults(limit)
                        .getResultList()
                        .stream()
                        .map(row -> new JournalEntry(
                                (Long) row[0],
                                new AccountId((String) row[1]),
                                new GameCharacter(new Ocid((String) row[2]), new CharacterName((String) row[3])),
                                (Boolean) row[4],
                                (Long) row[5],
                                (Instant) row[6]))
                        .toList());
    }

    /** Removes entries that the primary store was given, as the database did before it lost the commit. */
    void drop(JournalMark applied) {
        partition.attempt(
                "drop what was applied of the journal of partition " + partition.number(),
                () -> statements
                        .session()
                        .createMutationQuery("""
                            delete from LikeFallbackEntity
                             where partitionId = :partition and id <= :last and createdAt <= :latest
                            """)
                        .setParameter("partition", partition.number())
                        .setParameter("last", applied.number())
                        .setParameter("latest", applied.decidedAt())
                        .executeUpdate());
    }

    /** What the entries about these characters changed of each relation, in all. */
    Map<RelationKey, Long> changes(Collection<Ocid> targets) {
        List<String> ocids = targets.stream().map(Ocid::value).toList();
        Map<RelationKey, Long> changes = new HashMap<>();
        for (int first = 0; first < ocids.size(); first += MOST_PARAMETERS) {
            statements
                    .session()
                    .createSelectionQuery("""
                            select likerAccountId, targetOcid, sum(changeBy)
                              from LikeFallbackEntity
                             where partitionId = :partition and targetOcid in :targets
                             group by likerAccountId, targetOcid
                            """, Object[].class)
                    .setParameter("partition", partition.number())
                    .setParameterList("targets", ocids.subList(first, Math.min(first + MOST_PARAMETERS, ocids.size())))
                    .getResultList()
                    .forEach(row -> changes.put(
                            new RelationKey(new AccountId((String) row[0]), new Ocid((String) row[1])), (Long) row[2]));
        }
        return changes;
    }

    @Override
    public void acknowledge(long generation, List<JournalEntry> entries) {
        Map<Ocid, Long> changes = new HashMap<>();
        entries.forEach(entry -> changes.merge(entry.character().ocid(), entry.change(), Long::sum));
        changes.values().removeIf(change -> change == 0);
        partition.attempt("acknowledge the journal of partition " + partition.number(), () -> {
            statements
                    .session()
                    .createMutationQuery(
                            "delete from LikeFallbackEntity where partitionId = :partition and id <= :last")
                    .setParameter("partition", partition.number())
                    .setParameter("last", entries.get(entries.size() - 1).number())
                    .executeUpdate();
            Map<LockedCharacter, Long> lastChanges = new HashMap<>();
            statements
                    .lockCharacters(changes.keySet())
                    .forEach((ocid, locked) -> lastChanges.put(locked, changes.getOrDefault(ocid, 0L)));
            statements.changeCounts(lastChanges, Map.of(), generation);
            partition.setGeneration(generation);
            return true;
        });
    }
}
