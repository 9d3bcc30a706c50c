package maple.like.application.memory;

import maple.like.application.contract.LikesContract;

/** {@link InMemoryLikes}, which {@link ModelLikes} wraps to make it lose things. */
class InMemoryLikesTest extends LikesContract {
    private ModelLikes likes;

    @Override
    protected Instance instance(InMemoryLedger store) {
        if (likes == null) {
            likes = new ModelLikes(PARTITIONS, store);
        }
        return new Instance(likes, likes, likes, likes);
    }

    @Override
    protected void forgetTotals() {
        likes.forgetTotals();
    }

    @Override
    protected void lose() {
        likes.lose();
    }
}
