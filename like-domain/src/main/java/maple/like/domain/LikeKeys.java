package maple.like.domain;

/**
 * The names of a partition's Redis keys and of its channel. They are a wire format that other systems read.
 *
 * <p>All of them carry the partition's hash tag, so that Redis Cluster keeps them in one slot. Only {@link #count} and
 * {@link #answer} keys expire; the others must never be evicted. Get an instance from {@link LikePartitions#keys(Ocid)}.
 */
public final class LikeKeys {
    private final String tag;

    LikeKeys(String tag) {
        this.tag = tag;
    }

    /**
     * The set of liked relations.
     *
     * @return the key; members are {@link RelationKey#value()}
     */
    public String relations() {
        return tag + ":relations";
    }

    /**
     * The set of likes that the database has not confirmed.
     *
     * @return the key; members are {@link RelationKey#value()}
     */
    public String pending() {
        return tag + ":relations:pending";
    }

    /**
     * The set of unlikes that the database has not confirmed.
     *
     * @return the key; members are {@link RelationKey#value()}
     */
    public String unliked() {
        return tag + ":relations:unliked";
    }

    /**
     * The hash of likes that the database does not hold yet.
     *
     * @return the key; fields are names, values are {@link LikeEvent#newDelta()}
     */
    public String buffer() {
        return tag + ":buffer";
    }

    /**
     * The string with the total of a character.
     *
     * @param name the name that the character's likes are counted under
     * @return the key; it expires
     */
    public String count(CharacterName name) {
        return countPrefix() + name.value();
    }

    /**
     * What all keys of {@link #count} begin with.
     *
     * @return the prefix
     */
    public String countPrefix() {
        return tag + ":count:";
    }

    /**
     * The string with what a request with an idempotency key was answered.
     *
     * @param account the account that sent the key
     * @param key the key
     * @return the key; it expires
     */
    public String answer(AccountId account, IdempotencyKey key) {
        return answerPrefix(account) + key.value();
    }

    /**
     * What all keys of {@link #answer} of an account begin with. Neither account ids nor idempotency keys hold a space.
     *
     * @param account the account that sent the keys
     * @return the prefix
     */
    public String answerPrefix(AccountId account) {
        return unstoredAnswers() + ":" + account.value() + " ";
    }

    /**
     * The hash of the idempotency keys that the database has not stored, by relation. Internal to the service.
     *
     * @return the key
     */
    public String unstoredAnswers() {
        return tag + ":idempotency";
    }

    /**
     * The Pub/Sub channel of the partition's events.
     *
     * @return the channel; messages are described by {@link PublishedLikeEvent}
     */
    public String events() {
        return tag + ":events";
    }

    /**
     * The hash of the batch that is being stored. Internal to the service.
     *
     * @return the key
     */
    public String batch() {
        return tag + ":batch";
    }

    /**
     * The string with the number of the last batch that is known to be stored. Internal to the service.
     *
     * @return the key
     */
    public String generation() {
        return tag + ":generation";
    }

    /**
     * The string that exists once {@link #relations} holds every stored relation. Internal to the service.
     *
     * @return the key
     */
    public String complete() {
        return tag + ":complete";
    }

    /**
     * The string with the position of the warm-up. Internal to the service.
     *
     * @return the key
     */
    public String warmup() {
        return tag + ":warmup";
    }

    /**
     * The hash that exists while Redis answers nothing; its fields say why. Internal to the service.
     *
     * @return the key
     */
    public String closed() {
        return tag + ":closed";
    }

    /**
     * The hash that says how far the journal of the database was applied. Internal to the service.
     *
     * @return the key
     */
    public String journal() {
        return tag + ":journal";
    }

    /**
     * The string that is written before the service waits for replicas. Internal to the service.
     *
     * @return the key
     */
    public String replicated() {
        return tag + ":replicated";
    }

    /**
     * A key that never exists. Every script that changes something names it, so that Redis Cluster refuses all of them
     * alike ({@code TRYAGAIN}) from the moment in which the slot begins to move.
     *
     * @return the key
     */
    public String absent() {
        return tag + ":absent";
    }

    /** Returns the hash tag. */
    @Override
    public String toString() {
        return tag;
    }
}
