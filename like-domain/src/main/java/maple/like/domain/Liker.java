package maple.like.domain;

import static java.util.Objects.requireNonNull;

import java.util.Set;

/**
 * Someone who may like characters: an account and the characters that it owns.
 *
 * @param account the account
 * @param owned the characters that belong to the account; may be empty
 */
public record Liker(AccountId account, Set<Ocid> owned) {
    /**
     * Copies the set.
     *
     * @param account the account
     * @param owned the characters that belong to the account
     */
    public Liker {
        requireNonNull(account, "account");
        owned = Set.copyOf(owned);
    }

    /**
     * The rule against self-likes: nobody likes a character of their own.
     *
     * @param target the character to be liked
     * @return whether this liker may like it
     */
    public boolean mayLike(Ocid target) {
        return !owned.contains(requireNonNull(target, "target"));
    }

    /**
     * The relation of this liker to a character.
     *
     * @param target the character
     * @return the relation
     */
    public RelationKey relationTo(Ocid target) {
        return new RelationKey(account, target);
    }
}
