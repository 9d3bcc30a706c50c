package maple.like.adapter.jpa;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maple.like.adapter.jpa.RowStatements.LockedCharacter;
import maple.like.application.JournalMark;
import maple.like.application.port.out.LikeLedger.Change;
import maple.like.application.port.out.LikeLedger.Decision;
import maple.like.application.port.out.LikeLedger.Journal;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
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
        return partition.attempt(
                "decide about " + changes.size() + " changes", () -> new Decisions(statements, clock).make(changes));
    }

    /** Appends what the rows of relations are, without a change. */
    void append(Map<RelationKey, Boolean> liked, Instant now) {
        List<RelationKey> relations = RowStatements.inFixedOrder(liked.keySet());
        statements.insertJournal(
                each -> partition.number(), relations, liked, Collections.nCopies(relations.size(), 0L), now);
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
