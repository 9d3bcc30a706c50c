package maple.like.adapter.jpa;

import java.util.Optional;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.LikeCountStore;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/** One statement for each answer: what it reads is of one moment. */
final class JpaLikeCountStore implements LikeCountStore {
    private final Store store;
    private final LikePartitions partitions;

    JpaLikeCountStore(Store store, LikePartitions partitions) {
        this.store = store;
        this.partitions = partitions;
    }

    @Override
    public Optional<StoredCount> count(Ocid target) {
        int partition = partitions.of(target);
        return store.read(
                        "read the likes of " + target,
                        session -> session.createSelectionQuery("""
                                select c.userIgn, c.likeCount, p.generation, p.deltas, p.detached
                                  from GameCharacterEntity c
                                  left join LikePartitionEntity p on p.id = :partition
                                 where c.ocid = :ocid
                                """, Object[].class)
                                .setParameter("partition", partition)
                                .setParameter("ocid", target.value())
                                .uniqueResultOptional())
                .map(row -> storedCount(partition, row));
    }

    @Override
    public Optional<StoredLike> like(RelationKey relation) {
        int partition = partitions.of(relation.target());
        return store.read(
                        "read the like " + relation,
                        session -> session.createSelectionQuery("""
                                select c.userIgn, c.likeCount, p.generation, p.deltas, p.detached, l.id
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
        if (row[2] == null) {
            throw LikePartitionEntity.missing(partition);
        }
        CharacterName name = new CharacterName((String) row[0]);
        return new StoredCount(
                new LikeCount((Long) row[1]), (Long) row[2], DeltaLines.changeOf(name, (String) row[3]), (Boolean)
                        row[4]);
    }
}
