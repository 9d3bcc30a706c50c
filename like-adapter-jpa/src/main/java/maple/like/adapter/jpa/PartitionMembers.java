package maple.like.adapter.jpa;

import static java.util.stream.Collectors.groupingBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;
import org.hibernate.StatelessSession;

/**
 * The characters and dead letters of a partition. Other writers insert rows without a partition, which only Java can
 * compute: they are assigned before they are read.
 */
record PartitionMembers(RowStatements statements, LikePartitions partitions, int partition) {
    private static final int ASSIGNED_AT_ONCE = 1_000;

    /**
     * Assigns characters without a partition, a bounded number in one transaction.
     *
     * @return false where there may be more
     */
    boolean assignCharacters() {
        List<String> ocids = session()
                .createSelectionQuery(
                        "select ocid from GameCharacterEntity where partitionId is null order by ocid", String.class)
                .setMaxResults(ASSIGNED_AT_ONCE)
                .getResultList();
        statements.lockCharacters(ocids.stream().map(Ocid::new).toList());
        assign("game_character", "ocid", ocids);
        return ocids.size() < ASSIGNED_AT_ONCE;
    }

    /** Assigns all dead letters without a partition. */
    void assignDeadLetters() {
        List<String> ocids;
        do {
            ocids = session()
                    .createNativeQuery(
                            "select distinct target_ocid from like_set_aside where partition_id is null", String.class)
                    .setMaxResults(ASSIGNED_AT_ONCE)
                    .getResultList();
            assign("like_set_aside", "target_ocid", ocids);
        } while (ocids.size() == ASSIGNED_AT_ONCE);
    }

    private void assign(String table, String column, List<String> ocids) {
        Map<Integer, List<String>> byPartition =
                ocids.stream().collect(groupingBy(ocid -> partitions.of(new Ocid(ocid))));
        byPartition.forEach((of, members) -> session()
                .createNativeMutationQuery("update " + table + " set partition_id = :partition where " + column
                        + " in (:ocids) and partition_id is null")
                .setParameter("partition", of)
                .setParameterList("ocids", members)
                .executeUpdate());
    }

    /** Reads characters in the order of their OCIDs, after one of them. */
    Page charactersAfter(String ocid, int limit) {
        List<GameCharacterEntity> found = session()
                .createSelectionQuery(
                        "from GameCharacterEntity where partitionId = :partition and ocid > :ocid order by ocid",
                        GameCharacterEntity.class)
                .setParameter("partition", partition)
                .setParameter("ocid", ocid)
                .setMaxResults(limit)
                .getResultList();
        String next = found.isEmpty() ? ocid : found.get(found.size() - 1).ocid;
        List<GameCharacterEntity> own = new ArrayList<>(found);
        own.removeIf(this::isStray);
        found.stream().filter(this::isStray).forEach(this::unassign);
        return new Page(own, next, found.size() < limit);
    }

    /** Another writer changed its OCID. */
    private boolean isStray(GameCharacterEntity character) {
        return partitions.of(new Ocid(character.ocid)) != partition;
    }

    private void unassign(GameCharacterEntity stray) {
        session()
                .createMutationQuery("update GameCharacterEntity set partitionId = null where id = :id")
                .setParameter("id", stray.id)
                .executeUpdate();
    }

    private StatelessSession session() {
        return statements.session();
    }

    /**
     * Some characters of the partition.
     *
     * @param characters in order
     * @param next the OCID after which the next page starts
     * @param last whether there is no next page
     */
    record Page(List<GameCharacterEntity> characters, String next, boolean last) {}
}
