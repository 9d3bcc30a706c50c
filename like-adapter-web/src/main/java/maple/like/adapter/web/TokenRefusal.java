package maple.like.adapter.web;

import java.util.Locale;

/** Why a token is refused. The log and metrics say it; clients learn it only where it cannot help to forge a token. */
public enum TokenRefusal {
    /** It is not a JWT, or demands extensions of the standard. */
    MALFORMED,
    /** Its {@code typ} is neither {@code JWT} nor {@code at+jwt}. */
    TYPE,
    /** It is unsigned, encrypted, or signed with an algorithm that is not accepted. */
    ALGORITHM,
    /** The issuer has published no key for it. */
    KEY,
    /** Its signature is wrong. */
    SIGNATURE,
    /** Its {@code exp} is in the past. */
    EXPIRED,
    /** Its {@code nbf} is in the future. */
    NOT_YET_VALID,
    /** Its {@code iss} is another one. */
    ISSUER,
    /** Its {@code aud} names only other services. */
    AUDIENCE,
    /** It lacks a claim that the service needs, or has one that the service cannot use. */
    CLAIMS;

    /** As the log and metrics name it: in small letters. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
