package maple.like.bootstrap;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;
import maple.like.application.port.in.ListLikes;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;

/** Observes lists as {@code like.list}, by operation and result. */
final class ObservedListLikes implements ListLikes {
    private static final String NAME = "like.list";

    private final ListLikes listing;
    private final Operations operations;
    private final Endings likers;
    private final Endings likes;

    private record Endings(Ending listed, Ending failed) {}

    ObservedListLikes(ListLikes listing, Operations operations, MeterRegistry meters) {
        this.listing = listing;
        this.operations = operations;
        this.likers = endings("likers", meters);
        this.likes = endings("likes", meters);
    }

    private static Endings endings(String what, MeterRegistry meters) {
        return new Endings(ending(what, "listed", meters), ending(what, "failed", meters));
    }

    private static Ending ending(String what, String result, MeterRegistry meters) {
        return Ending.of(Timer.builder(NAME)
                .description("Pages of likers of a character and of likes of an account, by result")
                .tags("op", what, "result", result)
                .register(meters));
    }

    @Override
    public Likers likers(Viewer viewer, CharacterName name, Request page) {
        return observe(() -> listing.likers(viewer, name, page), likers);
    }

    @Override
    public Page<LikedCharacter> likes(AccountId account, Request page) {
        return observe(() -> listing.likes(account, page), likes);
    }

    private <T> T observe(Supplier<T> list, Endings endings) {
        return operations.observe(NAME, list, listed -> endings.listed(), endings.failed());
    }
}
