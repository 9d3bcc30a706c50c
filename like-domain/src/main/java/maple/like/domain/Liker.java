package maple.like.domain;

import static java.util.Objects.requireNonNull;

import java.util.Set;

/**
 * An account that likes characters, with the characters that it owns.
 *
 * @param account the account
 * @param owned the characters that belong to the account; may be empty
 */
public record Liker(AccountId account, Set<Ocid> owned) {
    /** Copies the set. */
    public Liker {
        requireNonNull(account, "account");
        owned = Set.copyOf(owned);
    }

    /**
     * The rule against self-likes: an account cannot like a character that it owns.
     *
     * @param target the character to be liked
     * @return whether this liker may like it
     */
    public boolean mayLike(Ocid target) {
        return !owned.contains(requireNonNull(target, "target"));
    }
}
