package maple.like.application.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import maple.like.application.LikePartitions;
import maple.like.application.contract.Fresh;
import maple.like.application.memory.InMemoryLedger;
import maple.like.application.memory.ModelLikes;
import maple.like.application.memory.ModelLikes.Contents;
import maple.like.application.port.in.AuditLikes;
import maple.like.application.port.in.AuditLikes.Difference;
import maple.like.application.port.in.AuditLikes.Kind;
import maple.like.application.port.in.AuditLikes.Report;
import maple.like.application.port.in.SyncLikes;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeIntent;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A buffer that somebody tampered with. */
class AuditLikesServiceTest {
    private final InMemoryLedger store = new InMemoryLedger();
    private final ModelLikes buffer = new ModelLikes(new LikePartitions(1), store);
    private final SyncLikes sync = new SyncLikesService(store, buffer, store, 100, 100);
    private final AuditLikes audit = new AuditLikesService(store, buffer, buffer, store, 2, 5);
    private final GameCharacter character = Fresh.character();
    private final String name = character.name().value();
    private final RelationKey stored = Fresh.relationTo(character);
    private final RelationKey waiting = Fresh.relationTo(character);

    /** One relation is stored, and another waits. */
    @BeforeEach
    void like() {
        store.register(character);
        apply(stored, LikeIntent.LIKE);
        while (sync.sync(0).more()) {}
        apply(waiting, LikeIntent.LIKE);
        assertThat(audit.audit(0).differences()).isEmpty();
    }

    private void apply(RelationKey relation, LikeIntent intent) {
        buffer.apply(relation, character.name(), intent).orElseThrow();
    }

    private void tamper(
            Set<RelationKey> relations,
            Set<RelationKey> pending,
            Set<RelationKey> unliked,
            Map<CharacterName, Long> buffered) {
        Contents now = buffer.contents(0);
        buffer.goBack(
                0,
                new Contents(
                        relations,
                        pending,
                        unliked,
                        buffered,
                        now.totals(),
                        now.batch(),
                        now.generation(),
                        now.complete(),
                        now.cursor(),
                        now.imposed()));
    }

    private void assertRepaired(Difference... expected) {
        assertThat(audit.audit(0).differences()).containsExactlyInAnyOrder(expected);
        assertThat(audit.repair(0)).isTrue();
        assertThat(audit.audit(0).differences()).isEmpty();
    }

    @Test
    void aBufferThatDoesNotCountWhatWaits() {
        Contents now = buffer.contents(0);
        Map<CharacterName, Long> buffered = new HashMap<>(now.buffer());
        buffered.put(character.name(), 4L);
        tamper(now.relations(), now.pending(), now.unliked(), buffered);
        assertRepaired(new Difference(Kind.BUFFER, name, "1", "4"), new Difference(Kind.TOTAL, name, "5", "2"));
    }

    @Test
    void aRowThatIsNotHeld() {
        Contents now = buffer.contents(0);
        tamper(Set.of(waiting), now.pending(), now.unliked(), now.buffer());
        assertRepaired(new Difference(Kind.RELATION, stored.value(), "liked (a row)", "not liked"));
    }

    @Test
    void aChangeThatWaitsAndIsNotHeld() {
        Contents now = buffer.contents(0);
        tamper(Set.of(stored), now.pending(), now.unliked(), now.buffer());
        assertRepaired(
                new Difference(Kind.RELATION, waiting.value(), "liked (waits)", "not liked"),
                new Difference(Kind.BUFFER, name, "0", "1"));
    }

    @Test
    void anUnlikeThatWaitsAndIsHeldAsLiked() {
        apply(stored, LikeIntent.UNLIKE);
        Contents now = buffer.contents(0);
        tamper(Set.of(stored, waiting), now.pending(), now.unliked(), now.buffer());
        assertRepaired(
                new Difference(Kind.RELATION, stored.value(), "not liked (waits)", "liked"),
                new Difference(Kind.BUFFER, name, "1", "0"));
    }

    @Test
    void aRelationThatWaitsBothWays() {
        Contents now = buffer.contents(0);
        tamper(now.relations(), now.pending(), Set.of(waiting), now.buffer());
        assertThat(audit.audit(0).differences())
                .containsExactly(new Difference(
                        Kind.RELATION, waiting.value(), "one change that waits", "a like and an unlike"));
    }

    @Test
    void relationsOfACharacterThatDoesNotExistAreNoDifference() {
        Contents now = buffer.contents(0);
        Set<RelationKey> relations = new HashSet<>(now.relations());
        relations.add(Fresh.relationTo(Fresh.character()));
        tamper(relations, now.pending(), now.unliked(), now.buffer());
        Report report = audit.audit(0);
        assertThat(report.differences()).isEmpty();
        assertThat(report.remarks().withoutCharacter()).isEqualTo(1);
    }

    @Test
    void whereTooMuchWaitsTheRestIsCompared() {
        for (int i = 0; i < 6; i++) {
            apply(Fresh.relationTo(character), LikeIntent.LIKE);
        }
        store.miscount(character.ocid(), 1);
        Report report = audit.audit(0);
        assertThat(report.differences()).containsExactly(new Difference(Kind.COUNT, name, "1", "2"));
        assertThat(report.remarks().tooMuchWaits()).isTrue();
        assertThat(report.complete()).isTrue();
    }
}
