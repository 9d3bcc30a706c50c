package maple.like.application.service;

import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.TOGGLE;
import static maple.like.domain.LikeIntent.UNLIKE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import maple.like.application.PartitionState;
import maple.like.application.contract.Fresh;
import maple.like.application.contract.Workers;
import maple.like.application.likes.InMemoryLedger;
import maple.like.application.likes.ModelLikes;
import maple.like.application.likes.ModelLikes.Contents;
import maple.like.application.likes.Reconciler;
import maple.like.application.port.in.AuditLikes;
import maple.like.application.port.in.AuditLikes.Difference;
import maple.like.application.port.in.AuditLikes.Kind;
import maple.like.application.port.in.AuditLikes.Report;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.Test;

class AuditLikesServiceTest {
    private final InMemoryLedger database = new InMemoryLedger();
    private final ModelLikes primary = new ModelLikes(new LikePartitions(1), database);
    private final AuditLikes audit = LikeUseCases.auditLikes(database, primary, primary, database, 3, 100);
    private final GameCharacter character = Fresh.character();
    private final String name = character.name().value();

    AuditLikesServiceTest() {
        database.register(character);
    }

    private AccountId like() {
        AccountId account = Fresh.account();
        apply(account, LIKE);
        return account;
    }

    private List<AccountId> like(int accounts) {
        return Stream.generate(this::like).limit(accounts).toList();
    }

    private long apply(AccountId account, LikeIntent intent) {
        return primary.apply(account, character, intent)
                .orElseThrow()
                .status()
                .likeCount()
                .value();
    }

    private RelationKey relation(AccountId account) {
        return new RelationKey(account, character.ocid());
    }

    private long count() {
        return primary.count(character).orElseThrow().value();
    }

    private void syncAll() {
        database.syncAll(primary);
    }

    private LikeBatch claim(int limit) {
        return database.awaitPartition(0, locked -> claim(limit, locked));
    }

    private LikeBatch claim(int limit, LockedPartition locked) {
        new Reconciler(primary).reconcile(0, locked);
        return primary.claim(0, locked.row().generation(), locked.token(), limit)
                .batch()
                .orElseThrow();
    }

    private void assertNoDifference() {
        Report report = audit.audit(0);
        assertThat(report.differences()).isEmpty();
        assertThat(report.unlisted()).isZero();
        assertThat(report.complete()).isTrue();
    }

    @Test
    void nothingDiffersAtAnyStepOfABatch() {
        like(7);
        assertNoDifference();
        AccountId changed = like();
        claim(5);
        assertNoDifference();
        apply(changed, UNLIKE);
        like(3);
        assertNoDifference();
        database.awaitPartition(0, locked -> locked.rows().store(claim(5, locked))); // the instance dies
        assertNoDifference();
        syncAll();
        assertNoDifference();
        primary.empty();
        database.reconcile(primary);
        assertDifferences();
        Report report = audit.audit(0);
        assertThat(report.remarks().warmingUp()).isEqualTo(10);
        assertThat(report.extent()).isEqualTo(new AuditLikes.Extent(1, 10, 0));
        syncAll();
        assertNoDifference();
    }

    @Test
    void aLostRowAndItsCountAreFoundAndARepairKeepsClaimedAndPendingChanges() {
        List<AccountId> accounts = like(5);
        AccountId lost = accounts.get(0);
        AccountId unliked = accounts.get(1);
        syncAll();
        database.loseRow(relation(lost));
        count(); // known from here on
        like(6);
        claim(4);
        apply(unliked, UNLIKE);
        assertDifferences(
                new Difference(Kind.COUNT, name, "4", "5"),
                new Difference(Kind.TOTAL, name, "9", "10"),
                new Difference(Kind.RELATION, relation(lost).value(), "not liked (no row)", "liked"));
        assertThat(audit.repair(0)).isTrue();
        assertNoDifference();
        syncAll();
        assertNoDifference();
        assertThat(count()).isEqualTo(9);
        assertThat(database.rows()).hasSize(9).doesNotContain(relation(lost), relation(unliked));
        assertThat(apply(lost, TOGGLE)).isEqualTo(10);
    }

    @Test
    void aPrimaryThatLacksTheJournalIsNeitherComparedNorRebuilt() {
        like(3);
        syncAll();
        database.awaitPartition(0, locked -> {
            locked.moveTo(PartitionState.FAILED_OVER);
            return locked.journal().decide(Fresh.account(), character, LIKE);
        });
        Report report = audit.audit(0);
        assertThat(report.differences()).isEmpty();
        assertThat(report.complete()).isFalse();
        assertThat(audit.repair(0)).isFalse();
        syncAll();
        assertNoDifference();
        assertThat(count()).isEqualTo(4);
    }

    @Test
    void nothingDiffersWhileOthersChangeAndStore() {
        like(20);
        AtomicBoolean over = new AtomicBoolean();
        Workers.together(4, thread -> {
            List<AccountId> own = Stream.generate(Fresh::account).limit(5).toList();
            SyncLikes sync = LikeUseCases.syncLikes(database, primary, database, 7, 3);
            try {
                for (int i = 0; i < 30 && thread == 0; i++) {
                    assertNoDifference();
                    if (i % 5 == 4) {
                        assertThat(audit.repair(0)).isTrue();
                    }
                }
            } finally {
                over.compareAndSet(false, thread == 0);
            }
            for (int i = 0; !over.get(); i++) {
                if (thread == 1) {
                    sync.sync(0);
                } else {
                    apply(own.get(i % own.size()), TOGGLE);
                }
            }
        });
        syncAll();
        assertNoDifference();
        assertThat(count()).isEqualTo(database.rows().size());
    }

    @Test
    void withoutAPrimaryCountsAreComparedWithRowsAlone() {
        AuditLikes counts = LikeUseCases.auditCounts(database, database, 3);
        like(3);
        syncAll();
        primary.setAvailable(false);
        database.miscount(character.ocid(), 2);
        Report report = counts.audit(0);
        assertThat(report.differences()).containsExactly(new Difference(Kind.COUNT, name, "3", "5"));
        assertThat(report.complete()).isTrue();
        assertThat(counts.repair(0)).isTrue();
        assertThat(counts.audit(0).differences()).isEmpty();
    }

    /** One relation is stored and another is pending, in a primary store that was tampered with. */
    @Test
    void everyKindOfDifferenceIsFound() {
        RelationKey stored = relation(like());
        syncAll();
        RelationKey pending = relation(like());
        assertNoDifference();
        Contents now = primary.contents(0);
        Set<RelationKey> all = now.relations();

        tamper(now, all, Set.of(), 4);
        assertDifferences(new Difference(Kind.BUFFER, name, "1", "4"), new Difference(Kind.TOTAL, name, "5", "2"));
        tamper(now, Set.of(pending), Set.of(), 1);
        assertDifferences(new Difference(Kind.RELATION, stored.value(), "liked (a row)", "not liked"));
        tamper(now, Set.of(stored), Set.of(), 1);
        assertDifferences(
                new Difference(Kind.RELATION, pending.value(), "liked (pending)", "not liked"),
                new Difference(Kind.BUFFER, name, "0", "1"));
        tamper(now, all, Set.of(pending), 1);
        assertDifferences(new Difference(Kind.RELATION, pending.value(), "one pending change", "a like and an unlike"));
        tamper(now, Set.of(stored, pending, Fresh.relationTo(Fresh.character())), Set.of(), 1);
        assertDifferences();
        assertThat(audit.audit(0).remarks().withoutCharacter()).isEqualTo(1);

        primary.goBack(0, now);
        apply(stored.account(), UNLIKE);
        tamper(primary.contents(0), all, Set.of(stored), 0);
        assertDifferences(
                new Difference(Kind.RELATION, stored.value(), "not liked (pending)", "liked"),
                new Difference(Kind.BUFFER, name, "1", "0"));
        assertThat(audit.repair(0)).isTrue();
        assertNoDifference();
    }

    private void tamper(Contents now, Set<RelationKey> relations, Set<RelationKey> unliked, long buffered) {
        primary.goBack(0, now.with(relations, unliked, Map.of(character, buffered)));
    }

    private void assertDifferences(Difference... expected) {
        assertThat(audit.audit(0).differences()).containsExactlyInAnyOrder(expected);
    }

    @Test
    void aBacklogThatIsTooLargeIsARemarkAndTheRestIsCompared() {
        AuditLikes limited = LikeUseCases.auditLikes(database, primary, primary, database, 3, 5);
        like(8);
        database.miscount(character.ocid(), 1);
        Report report = limited.audit(0);
        assertThat(report.differences()).containsExactly(new Difference(Kind.COUNT, name, "0", "1"));
        assertThat(report.remarks().backlogTooLarge()).isTrue();
        assertThat(report.complete()).isTrue();
    }
}
