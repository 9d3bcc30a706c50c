package maple.like.adapter.web;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import maple.like.domain.AccountId;
import maple.like.domain.Liker;
import maple.like.domain.Ocid;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.jwt.Jwt;

/**
 * Reads the caller from a token whose signature and times have been verified: {@code sub} is the account,
 * {@code ocids} holds its characters (none if the claim is missing), each word of {@code scope} is an authority
 * {@code SCOPE_word}.
 *
 * <p>Whichever decoder verified the token, it is refused without {@code exp}, because it would never expire, and with
 * {@code cnf}, because it is bound to a key whose possession a bearer does not prove.
 */
final class LikerConverter implements Converter<Jwt, LikerAuthentication> {
    private static final String ACCOUNT = "sub";
    private static final String OWNED = "ocids";

    @Override
    public LikerAuthentication convert(Jwt token) {
        if (token.getExpiresAt() == null) {
            throw new TokenRefusedException("The claim \"exp\" is missing.");
        }
        if (token.hasClaim("cnf")) {
            throw new TokenRefusedException("The claim \"cnf\" binds the token to a key, so it is no bearer token.");
        }
        return new LikerAuthentication(new Liker(account(token), owned(token)), authorities(token));
    }

    private static AccountId account(Jwt token) {
        if (!(token.getClaims().get(ACCOUNT) instanceof String account)) {
            throw new TokenRefusedException("The claim \"" + ACCOUNT + "\" is missing.");
        }
        try {
            return new AccountId(account);
        } catch (IllegalArgumentException e) {
            throw new TokenRefusedException("The claim \"" + ACCOUNT + "\" is not an account id.");
        }
    }

    private static Set<Ocid> owned(Jwt token) {
        Object claim = token.getClaims().getOrDefault(OWNED, List.of());
        if (claim instanceof Collection<?> values && values.stream().allMatch(String.class::isInstance)) {
            try {
                return values.stream().map(value -> new Ocid((String) value)).collect(Collectors.toUnmodifiableSet());
            } catch (IllegalArgumentException e) {
                // falls through: the values are no OCIDs
            }
        }
        throw new TokenRefusedException("The claim \"" + OWNED + "\" is not an array of OCIDs.");
    }

    private static List<GrantedAuthority> authorities(Jwt token) {
        if (!(token.getClaims().get("scope") instanceof String scope)) {
            return List.of();
        }
        return Arrays.stream(scope.split(" "))
                .filter(word -> !word.isEmpty())
                .<GrantedAuthority>map(word -> new SimpleGrantedAuthority("SCOPE_" + word))
                .toList();
    }
}
