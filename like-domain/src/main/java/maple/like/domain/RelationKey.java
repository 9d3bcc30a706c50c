package maple.like.domain;

import static java.util.Objects.requireNonNull;

/**
 * The relation of one account to one character: liked or not.
 *
 * @param account the account that likes
 * @param target the character that is liked
 */
public record RelationKey(AccountId account, Ocid target) {
    private static final char SEPARATOR = ':';

    /** Rejects {@code null}. */
    public RelationKey {
        requireNonNull(account, "account");
        requireNonNull(target, "target");
    }

    /**
     * Reads the form that {@link #value()} writes.
     *
     * @param value {@code accountId:targetOcid}; the account id may itself hold colons, the OCID never does
     * @return the relation
     * @throws IllegalArgumentException if there is no colon, or one of the parts is not valid
     */
    public static RelationKey parse(String value) {
        int separator = value.lastIndexOf(SEPARATOR);
        if (separator < 0) {
            throw new IllegalArgumentException("A relation is accountId:targetOcid, and this has no colon");
        }
        return new RelationKey(new AccountId(value.substring(0, separator)), new Ocid(value.substring(separator + 1)));
    }

    /**
     * The relation as one string.
     *
     * @return {@code accountId:targetOcid}, unmasked
     */
    public String value() {
        return account.value() + SEPARATOR + target.value();
    }

    /** Returns the relation with its account masked. */
    @Override
    public String toString() {
        return account.toString() + SEPARATOR + target;
    }
}
