package maple.like.adapter.jpa;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import maple.like.application.PartitionState;
import maple.like.application.port.out.LikeCountStore;
import maple.like.domain.LikeCount;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/** One statement for each answer: what it reads is of one moment. */
record JpaLikeCountStore(Transactions transactions, LikePartitions partitions) implements LikeCountStore {
    @Override
    public Optional<StoredCount> count(Ocid ocid) {
        int partition = partitions.of(ocid);
        return transactions
                .read(
                        "read the likes of " + ocid,
                        session -> session.createSelectionQuery("""
                                select c.likeCount, c.lastGeneration, c.lastChange, p.generation, p.state
                                  from GameCharacterEntity c
                                  left join LikePartitionEntity p on p.id = :partition
                                 where c.ocid = :ocid
                                """, Object[].class)
                                .setParameter("partition", partition)
                                .setParameter("ocid", ocid.value())
                                .uniqueResultOptional())
                .map(row -> storedCount(partition, row));
    }

    @Override
    public Optional<StoredLike> like(RelationKey relation) {
        int partition = partitions.of(relation.target());
        return transactions
                .read(
                        "read the like " + relation,
                        session -> session.createSelectionQuery("""
                                select c.likeCount, c.lastGeneration, c.lastChange, p.generation, p.state, l.id
                                  from GameCharacterEntity c
                                  left join LikePartitionEntity p on p.id = :partition
                                  left join CharacterLikeEntity l
                                    on l.targetOcid = c.ocid and l.likerAccountId = :account
                                 where c.ocid = :ocid
                                """, Object[].class)
                                .setParameter("partition", partition)
                                .setParameter("account", relation.account().value())
                                .setParameter("ocid", relation.target().value())
                                .uniqueResultOptional())
                .map(row -> new StoredLike(row[5] != null, storedCount(partition, row)));
    }

    private static StoredCount storedCount(int partition, @Nullable Object[] row) {
        Long generation = (Long) row[3];
        if (generation == null) {
            throw LikePartitionEntity.missing(partition);
        }
        boolean changedLast = generation.equals(row[1]) && row[2] != null;
        return new StoredCount(
                new LikeCount((Long) requireNonNull(row[0])),
                generation,
                changedLast ? (Long) requireNonNull(row[2]) : 0,
                (PartitionState) requireNonNull(row[4]));
    }
}
