package maple.like.application.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import maple.like.application.port.in.ListLikes;
import maple.like.application.port.out.CharacterResolver;
import maple.like.application.port.out.LikeLists;
import maple.like.application.port.out.LikeLists.Entry;
import maple.like.application.port.out.LikeToggle;
import maple.like.application.port.out.LikeToggle.Relation;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeStatus;

record ListLikesService(CharacterResolver characters, LikeLists lists, LikeToggle likes, LikersVisibility visibility)
        implements ListLikes {
    private interface Source {
        List<Entry> read(long after, int limit);
    }

    @Override
    public Likers likers(Viewer viewer, CharacterName name, Request page) {
        boolean all = viewer.operator() || visibility == LikersVisibility.EVERYBODY;
        if (!all && viewer.caller() == null) {
            return new Likers.Hidden();
        }
        Optional<GameCharacter> found = characters.find(name);
        if (found.isEmpty()) {
            return new Likers.NoSuchCharacter();
        }
        GameCharacter character = found.get();
        if (!all && !owns(viewer, character)) {
            return new Likers.Hidden();
        }
        return new Likers.Shown(page(
                new PageCursor("likers of " + character.ocid().value()),
                page,
                (after, limit) -> lists.likersOf(character, after, limit),
                entry -> Stream.of(new LikedBy(entry.relation().account(), entry.likedAt()))));
    }

    private static boolean owns(Viewer viewer, GameCharacter character) {
        return viewer.caller() != null && viewer.caller().owned().contains(character.ocid());
    }

    @Override
    public Page<LikedCharacter> likes(AccountId account, Request page) {
        return page(
                new PageCursor("likes of " + account.value()),
                page,
                (after, limit) -> lists.likesOf(account, after, limit),
                entry -> Stream.ofNullable(entry.name()).map(name -> new LikedCharacter(name, entry.likedAt())));
    }

    /** Reads on while nothing that it read is to be shown. */
    private <T> Page<T> page(PageCursor cursors, Request page, Source source, Function<Entry, Stream<T>> shown) {
        long after = page.cursor() == null ? LikeLists.START : cursors.parse(page.cursor());
        List<T> entries = new ArrayList<>();
        boolean more = true;
        while (more && entries.isEmpty()) {
            List<Entry> read = source.read(after, page.limit() + 1);
            more = read.size() > page.limit();
            List<Entry> some = more ? read.subList(0, page.limit()) : read;
            if (!some.isEmpty()) {
                after = some.get(some.size() - 1).number();
                liked(some).stream().flatMap(shown).forEach(entries::add);
            }
        }
        return new Page<>(entries, more ? cursors.after(after) : null);
    }

    /** Those that were not taken back since the last flush. */
    private List<Entry> liked(List<Entry> stored) {
        Map<Relation, LikeStatus> now =
                likes.statuses(stored.stream().map(Entry::relation).toList());
        return stored.stream()
                .filter(entry -> {
                    LikeStatus status = now.get(entry.relation());
                    return status != null && status.liked();
                })
                .toList();
    }
}
