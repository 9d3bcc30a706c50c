package maple.like.application.service;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import maple.like.application.port.in.RetireCharacter;
import maple.like.application.port.in.SyncLikes;
import maple.like.application.port.out.CharacterRetirement;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeEventBus;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeEvent;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;
import org.jspecify.annotations.Nullable;

/**
 * Redirects the names first, and lists likes only after every cache has expired: from then on no name leads to the
 * character, so that it gets no like that is not listed.
 *
 * @param awaitCaches waits until no instance remembers what the names led to before
 */
record RetireCharacterService(
        CharacterRetirement characters,
        LikeToggle likes,
        LikeCountStore counts,
        LikeEventBus events,
        SyncLikes sync,
        LikePartitions partitions,
        InstantSource clock,
        Runnable awaitCaches)
        implements RetireCharacter {
    private static final int PAGE = 1_000;

    @Override
    public Optional<Plan> plan(Ocid ocid, @Nullable Ocid successor) {
        return characters
                .find(ocid)
                .map(character -> new Plan(
                        character,
                        counts.count(ocid)
                                .map(count -> count.likeCount().value())
                                .orElse(0L),
                        successor == null ? 0 : characters.likersOfBoth(ocid, successor)));
    }

    @Override
    public Result retire(Ocid ocid, @Nullable Ocid successor) {
        characters.redirect(ocid, successor);
        awaitCaches.run();
        Optional<GameCharacter> character = characters.find(ocid);
        if (character.isEmpty()) {
            return new Result(0, true);
        }
        drain(ocid);
        GameCharacter target =
                successor == null ? null : characters.find(successor).orElseThrow();
        long moved = 0;
        List<AccountId> page = characters.likersAfter(ocid, "", PAGE);
        while (!page.isEmpty()) {
            for (AccountId account : page) {
                if (target != null) {
                    change(account, target, LikeIntent.LIKE);
                }
                change(account, character.get(), LikeIntent.UNLIKE);
                moved++;
            }
            page = characters.likersAfter(ocid, page.get(page.size() - 1).value(), PAGE);
        }
        drain(ocid);
        if (successor != null) {
            drain(successor);
        }
        return new Result(moved, characters.remove(ocid));
    }

    private void change(AccountId account, GameCharacter character, LikeIntent intent) {
        likes.apply(account, character, intent)
                .filter(LikeToggle.Outcome::changed)
                .ifPresent(outcome -> events.publish(LikeEvent.of(
                        outcome.status().liked(),
                        character,
                        outcome.newDelta(),
                        outcome.status().likeCount(),
                        clock.instant())));
    }

    private void drain(Ocid ocid) {
        new Drain(sync).drain(partitions.of(ocid));
    }
}
