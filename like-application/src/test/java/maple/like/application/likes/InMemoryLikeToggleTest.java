package maple.like.application.likes;

import static java.util.Objects.requireNonNull;

import maple.like.application.contract.LikeToggleContract;
import maple.like.application.contract.PendingLikesContract;
import maple.like.application.contract.PrimaryFixture;
import maple.like.application.contract.PrimaryInspectionContract;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

/** {@link InMemoryLikeToggle}, which {@link ModelLikes} wraps to make it lose things. */
class InMemoryLikeToggleTest {
    private final Fixture fixture = new Fixture();

    @Nested
    class Likes extends LikeToggleContract {
        @Override
        protected PrimaryFixture primary() {
            return fixture;
        }
    }

    @Nested
    class Pending extends PendingLikesContract {
        @Override
        protected PrimaryFixture primary() {
            return fixture;
        }
    }

    @Nested
    class Inspection extends PrimaryInspectionContract {
        @Override
        protected PrimaryFixture primary() {
            return fixture;
        }
    }

    private static final class Fixture implements PrimaryFixture {
        private @Nullable ModelLikes likes;

        @Override
        public Instance instance(InMemoryLedger database) {
            ModelLikes shared = likes == null ? new ModelLikes(PARTITIONS, database) : likes;
            likes = shared;
            return new Instance(shared, shared, shared);
        }

        @Override
        public void expireTotals() {
            requireNonNull(likes).expireTotals();
        }

        @Override
        public void empty() {
            requireNonNull(likes).empty();
        }
    }
}
