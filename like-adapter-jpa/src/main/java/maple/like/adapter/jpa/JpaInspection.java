package maple.like.adapter.jpa;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maple.like.adapter.jpa.PartitionMembers.Member;
import maple.like.adapter.jpa.RowStatements.LockedCharacter;
import maple.like.application.RelationChanges;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.CharacterCount;
import maple.like.application.port.out.LikeLedger.CountPage;
import maple.like.application.port.out.LikeLedger.Inspection;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;

/** Compares and repairs. */
record JpaInspection(JpaLockedPartition partition, RowStatements statements, PartitionMembers members)
        implements Inspection {
    static void requireLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("A page has 1 row or more, not " + limit);
        }
    }

    @Override
    public CountPage countsAfter(String cursor, int limit) {
        requireLimit(limit);
        return partition.attempt("count the rows of partition " + partition.number(), () -> {
            if (!members.admit(false).complete()) {
                return new CountPage(List.of(), List.of(), cursor, false);
            }
            PartitionMembers.Page page = members.charactersAfter(cursor, limit);
            Map<String, Long> rows =
                    rowsOf(page.members().stream().map(Member::ocid).toList());
            List<CharacterCount> counts = page.members().stream()
                    .map(member -> new CharacterCount(
                            member.character(), member.likeCount(), rows.getOrDefault(member.ocid(), 0L)))
                    .toList();
            List<String> unusable = new ArrayList<>(members.unusable(page));
            if (partition.number() == 0 && cursor.equals(LikeLedger.START)) {
                unusable.addAll(members.skipped());
            }
            return new CountPage(counts, unusable, page.next(), page.last());
        });
    }

    /** Targets without a row are left out. */
    private Map<String, Long> rowsOf(List<String> targets) {
        Map<String, Long> rows = new HashMap<>();
        if (!targets.isEmpty()) {
            statements
                    .session()
                    .createSelectionQuery("""
                            select targetOcid, count(*)
                              from CharacterLikeEntity
                             where targetOcid in :targets
                             group by targetOcid
                            """, Object[].class)
                    .setParameterList("targets", targets)
                    .getResultList()
                    .forEach(row -> rows.put((String) row[0], (Long) row[1]));
        }
        return rows;
    }

    @Override
    public RelationChanges stored(Collection<RelationKey> relations) {
        return partition.attempt("look up relations of partition " + partition.number(), () -> {
            List<RelationKey> own = RowStatements.inFixedOrder(new HashSet<>(relations));
            own.removeIf(relation -> statements.admission().partitions().of(relation.target()) != partition.number());
            Map<Ocid, LockedCharacter> characters = statements.lockTargets(own);
            own.removeIf(relation -> !characters.containsKey(relation.target()));
            Set<RelationKey> likes = statements.find(own).keySet();
            own.removeAll(likes);
            return new RelationChanges(likes, new HashSet<>(own));
        });
    }

    @Override
    public long deadLetters() {
        return partition.attempt("count the dead letters of partition " + partition.number(), () -> {
            members.assignDeadLetters();
            return statements
                    .session()
                    .createNativeQuery(
                            "select count(*) from like_set_aside where partition_id = :partition", Long.class)
                    .setParameter("partition", partition.number())
                    .getSingleResult();
        });
    }

    @Override
    public void recount(Collection<Ocid> targets) {
        partition.attempt("count the rows of partition " + partition.number() + " anew", () -> {
            statements.recount(statements.lockCharacters(targets).values().stream()
                    .map(LockedCharacter::id)
                    .toList());
            return true;
        });
    }
}
