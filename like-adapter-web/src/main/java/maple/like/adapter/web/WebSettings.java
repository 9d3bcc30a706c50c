package maple.like.adapter.web;

import org.jspecify.annotations.Nullable;

/**
 * How the API treats its callers. Claims are names, or names separated by dots that lead into nested objects.
 *
 * @param accountClaim the claim that is the account id
 * @param ownedClaim the claim that holds the OCIDs of the account's characters: an array, or a text with spaces
 * @param rolesClaim a claim with further authorities beside {@code scope} and {@code scp}, or {@code null}
 */
public record WebSettings(
        String accountClaim, String ownedClaim, @Nullable String rolesClaim) {
    /** What applies unless the application has another bean: {@code sub}, {@code ocids} and no roles. */
    public static WebSettings defaults() {
        return new WebSettings("sub", "ocids", null);
    }
}
