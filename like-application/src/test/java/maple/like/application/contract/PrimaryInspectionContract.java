package maple.like.application.contract;

import static java.util.Objects.requireNonNull;
import static maple.like.domain.LikeIntent.LIKE;
import static maple.like.domain.LikeIntent.TOGGLE;
import static maple.like.domain.LikeIntent.UNLIKE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maple.like.application.RelationChanges;
import maple.like.application.port.out.PrimaryInspection;
import maple.like.application.port.out.PrimaryInspection.Backlog;
import maple.like.application.port.out.PrimaryInspection.CountState;
import maple.like.application.port.out.PrimaryInspection.Page;
import maple.like.application.port.out.PrimaryInspection.Pending;
import maple.like.application.port.out.PrimaryInspection.RelationState;
import maple.like.application.port.out.PrimaryInspection.Relations;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.Test;

/** What the {@link PrimaryInspection} of every primary store guarantees. */
public abstract class PrimaryInspectionContract extends PrimaryContract {
    @Test
    void everyRelationIsOnAPage() {
        Set<RelationKey> expected =
                Stream.generate(() -> relation(like())).limit(30).collect(Collectors.toCollection(HashSet::new));
        syncAll();
        AccountId unliked = expected.iterator().next().account();
        apply(a, unliked, UNLIKE);
        AccountId claimed = like();
        expected.add(relation(claimed));
        claimed();
        apply(a, claimed, UNLIKE);
        Set<RelationKey> found = new HashSet<>();
        for (Optional<String> cursor = Optional.of(PrimaryInspection.START); cursor.isPresent(); ) {
            Page page = b.inspection().page(partition, cursor.get(), 7);
            found.addAll(page.relations());
            assertThat(page.unreadable()).isEmpty();
            cursor = page.next();
        }
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void theLatestChangeOfARelationIsThePendingOne() {
        AccountId account = Fresh.account();
        assertState(account, false, Pending.NONE);
        apply(a, account, LIKE);
        assertState(account, true, Pending.LIKE);
        claimed();
        assertState(account, true, Pending.LIKE);
        apply(a, account, UNLIKE);
        assertState(account, false, Pending.UNLIKE);
        apply(a, account, LIKE);
        assertState(account, true, Pending.LIKE);
        syncAll();
        assertState(account, true, Pending.NONE);
        apply(a, account, UNLIKE);
        claimed();
        assertState(account, false, Pending.UNLIKE);
        syncAll();
        assertState(account, false, Pending.NONE);
    }

    private void assertState(AccountId account, boolean liked, Pending pending) {
        RelationKey relation = relation(account);
        assertThat(b.inspection().relations(partition, List.of(relation)).states())
                .isEqualTo(Map.of(relation, new RelationState(liked, pending)));
    }

    @Test
    void aStoreThatLostEverythingIsIncompleteUntilItIsWarm() {
        RelationKey relation = relation(like());
        syncAll();
        assertThat(a.inspection().relations(partition, List.of()).complete()).isTrue();
        empty();
        assertThat(a.inspection().relations(partition, List.of(relation)))
                .isEqualTo(new Relations(false, Map.of(relation, new RelationState(false, Pending.NONE))));
    }

    @Test
    void aCountIsTheBufferedOneAndTheTotalWhereItIsKnown() {
        GameCharacter unknown = Fresh.character();
        like();
        syncAll();
        like();
        assertThat(b.inspection().counts(partition, List.of(character, unknown)))
                .isEqualTo(Map.of(
                        character,
                        new CountState(1, OptionalLong.of(2)),
                        unknown,
                        new CountState(0, OptionalLong.empty())));
        primary().expireTotals();
        assertThat(b.inspection().counts(partition, List.of(character)))
                .isEqualTo(Map.of(character, new CountState(1, OptionalLong.empty())));
    }

    @Test
    void theBacklogHoldsEveryPendingChangeAsItIsNowUnlessThereAreTooMany() {
        AccountId changed = like();
        AccountId claimed = like();
        claimed();
        apply(a, changed, UNLIKE);
        AccountId late = like();
        RelationChanges changes =
                RelationChanges.of(Map.of(relation(changed), false, relation(claimed), true, relation(late), true));
        assertThat(b.inspection().backlog(partition, 10)).contains(new Backlog(changes, Map.of(character.name(), 2L)));
        assertThat(b.inspection().backlog(partition, 2)).isEmpty();
    }

    @Test
    void everyAnswerIsOfOneMoment() {
        List<AccountId> accounts = Stream.generate(Fresh::account).limit(5).toList();
        List<RelationKey> relations = accounts.stream().map(this::relation).toList();
        claim(a, ALL);
        AtomicBoolean over = new AtomicBoolean();
        Workers.together(3, thread -> {
            try {
                for (int i = 0; thread == 0 && i < 200; i++) {
                    if (i == 100) {
                        claim(a, ALL); // from here on some are claimed
                    }
                    Backlog backlog = b.inspection().backlog(partition, ALL).orElseThrow();
                    long buffered = backlog.buffered().getOrDefault(character.name(), 0L);
                    assertThat(buffered).isEqualTo(backlog.changes().likes().size());
                    b.inspection()
                            .relations(partition, relations)
                            .states()
                            .values()
                            .forEach(state -> assertThat(state.liked()).isEqualTo(state.pending() == Pending.LIKE));
                    CountState count = requireNonNull(
                            b.inspection().counts(partition, List.of(character)).get(character));
                    assertThat(count.total().orElse(count.buffered())).isEqualTo(count.buffered());
                }
            } finally {
                over.compareAndSet(false, thread == 0);
            }
            for (int i = 0; !over.get(); i++) {
                apply(thread == 1 ? a : b, accounts.get(i % accounts.size()), TOGGLE);
            }
        });
    }
}
