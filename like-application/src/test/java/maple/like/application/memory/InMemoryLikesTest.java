package maple.like.application.memory;

import maple.like.application.contract.LikesContract;

class InMemoryLikesTest extends LikesContract {
    private InMemoryLikes likes;

    @Override
    protected Instance instance(InMemoryLedger store) {
        if (likes == null) {
            likes = new InMemoryLikes(PARTITIONS, store);
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
