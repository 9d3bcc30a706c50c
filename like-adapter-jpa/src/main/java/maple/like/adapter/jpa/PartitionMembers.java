package maple.like.adapter.jpa;

import static java.util.stream.Collectors.groupingBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maple.like.adapter.jpa.RowStatements.LockedCharacter;
import maple.like.adapter.jpa.RowStatements.LockedRow;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * The characters and dead letters of a partition. Other writers insert rows without a partition, which only Java can
 * compute: they are assigned before they are read.
 */
record PartitionMembers(RowStatements statements, int partition) {
    private static final int AT_ONCE = 1_000;

    /** How many skipped rows an audit lists. */
    private static final int LISTED = 100;

    /**
     * Admits characters that other writers inserted, a bounded number in one transaction.
     *
     * @param returning whether to take in those of this partition that return under an OCID that was met before
     */
    Admission admit(boolean returning) {
        String after = "";
        while (true) {
            List<Object[]> rows = session()
                    .createSelectionQuery(
                            "select id, ocid, userIgn from GameCharacterEntity"
                                    + " where partitionId is null and ocid > :after order by ocid",
                            Object[].class)
                    .setParameter("after", after)
                    .setMaxResults(AT_ONCE)
                    .getResultList();
            boolean complete = rows.size() < AT_ONCE;
            List<Ocid> ocids = new ArrayList<>();
            List<Long> skipped = new ArrayList<>();
            for (Object[] row : rows) {
                after = (String) row[1];
                statements
                        .admission()
                        .ocidIn(after, (String) row[2])
                        .ifPresentOrElse(ocids::add, () -> skipped.add((Long) row[0]));
            }
            if (!skipped.isEmpty()) {
                statements.assign(CharacterAdmission.SKIPPED, skipped);
            }
            List<LockedRow> returned = statements.lockCharacters(ocids).values().stream()
                    .map(LockedCharacter::row)
                    .filter(LockedRow::isUnassigned)
                    .toList();
            int admitted = rows.size() - returned.size();
            if (returning) {
                returned = returned.stream().filter(row -> isOwn(row.ocid())).toList();
                statements.admission().assign(statements, returned);
                admitted += returned.size();
            }
            if (complete || admitted > 0) {
                return new Admission(complete, returning && !returned.isEmpty());
            }
        }
    }

    /** Assigns all dead letters without a partition. */
    void assignDeadLetters() {
        List<String> ocids;
        do {
            ocids = session()
                    .createNativeQuery(
                            "select distinct target_ocid from like_set_aside where partition_id is null", String.class)
                    .setMaxResults(AT_ONCE)
                    .getResultList();
            Map<Integer, List<String>> byPartition =
                    ocids.stream().collect(groupingBy(ocid -> partitions().of(new Ocid(ocid))));
            byPartition.forEach((of, members) -> session()
                    .createNativeMutationQuery("update like_set_aside set partition_id = :partition"
                            + " where target_ocid in (:ocids) and partition_id is null")
                    .setParameter("partition", of)
                    .setParameterList("ocids", members)
                    .executeUpdate());
        } while (ocids.size() == AT_ONCE);
    }

    /** Reads characters in the order of their OCIDs, after one of them. */
    Page charactersAfter(String ocid, int limit) {
        List<Object[]> found = session()
                .createSelectionQuery("""
                        select c.id, c.ocid, c.userIgn, c.likeCount, n.countedAs
                          from GameCharacterEntity c
                          left join LikeCharacterEntity n on n.ocid = c.ocid
                         where c.partitionId = :partition and c.ocid > :ocid
                         order by c.ocid
                        """, Object[].class)
                .setParameter("partition", partition)
                .setParameter("ocid", ocid)
                .setMaxResults(limit)
                .getResultList();
        List<Member> own = new ArrayList<>();
        String next = ocid;
        for (Object[] row : found) {
            Member member = Member.of(row);
            next = member.ocid();
            if (isOwn(next)) {
                own.add(member);
            } else {
                unassign((Long) row[0]);
            }
        }
        return new Page(own, next, found.size() < limit);
    }

    /** False where another writer changed its OCID. */
    private boolean isOwn(String ocid) {
        try {
            return partitions().of(new Ocid(ocid)) == partition;
        } catch (IllegalArgumentException invalid) {
            return false;
        }
    }

    private void unassign(long id) {
        session()
                .createMutationQuery("update GameCharacterEntity set partitionId = null where id = :id")
                .setParameter("id", id)
                .executeUpdate();
    }

    /** Characters of a page that no name leads to. */
    List<String> unusable(Page page) {
        return page.members().stream()
                .filter(member -> !JpaCharacterDirectory.isFound(member.userIgn()))
                .map(member -> "the character " + member.ocid() + ", which its name '" + member.userIgn()
                        + "' does not lead to")
                .toList();
    }

    /** Rows of no partition, and gives those that were put right since another chance. */
    List<String> skipped() {
        List<Object[]> rows = session()
                .createSelectionQuery(
                        "select id, ocid, userIgn from GameCharacterEntity where partitionId = :skipped order by id",
                        Object[].class)
                .setParameter("skipped", CharacterAdmission.SKIPPED)
                .setMaxResults(LISTED)
                .getResultList();
        List<String> skipped = new ArrayList<>();
        for (Object[] row : rows) {
            if (statements.admission().ocidIn((String) row[1], (String) row[2]).isPresent()) {
                unassign((Long) row[0]);
            } else {
                skipped.add("the character '" + row[2] + "', whose OCID is none: '" + row[1] + "'");
            }
        }
        return skipped;
    }

    private LikePartitions partitions() {
        return statements.admission().partitions();
    }

    private StatelessSession session() {
        return statements.session();
    }

    /**
     * What an admission did.
     *
     * @param complete whether there are no more characters to admit
     * @param returned whether it took in characters that return
     */
    record Admission(boolean complete, boolean returned) {}

    /** A character of the partition. */
    record Member(
            String ocid,
            String userIgn,
            long likeCount,
            @Nullable String countedAs) {
        static Member of(Object[] row) {
            return new Member((String) row[1], (String) row[2], (Long) row[3], (String) row[4]);
        }

        /** Before it is admitted, its name is what it will be counted under. */
        GameCharacter character() {
            return new GameCharacter(
                    new Ocid(ocid),
                    Optional.ofNullable(countedAs)
                            .or(() -> Optional.of(userIgn))
                            .flatMap(CharacterAdmission::nameIn)
                            .orElseGet(() -> new CharacterName(ocid)));
        }
    }

    /**
     * Some characters of the partition.
     *
     * @param members in order
     * @param next the OCID after which the next page starts
     * @param last whether there is no next page
     */
    record Page(List<Member> members, String next, boolean last) {}
}
