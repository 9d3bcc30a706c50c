package maple.like.adapter.web;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maple.like.domain.AccountId;
import maple.like.domain.Liker;
import maple.like.domain.Ocid;
import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.jwt.Jwt;

/**
 * Reads the caller from a token whose signature and times have been verified. Each word of {@code scope}, {@code scp} and
 * the roles is an authority {@code SCOPE_word}. All claims but the account may be missing.
 *
 * <p>Whichever decoder verified the token, it is refused without {@code exp}, because it would never expire, and with
 * {@code cnf}, because it is bound to a key whose possession a bearer does not prove.
 */
final class LikerConverter implements Converter<Jwt, LikerAuthentication> {
    private final ClaimPath account;
    private final ClaimPath owned;
    private final List<ClaimPath> scopes;

    LikerConverter(WebSettings.Claims claims) {
        this.account = new ClaimPath(claims.account());
        this.owned = new ClaimPath(claims.owned());
        this.scopes = Stream.of("scope", "scp", claims.roles())
                .filter(name -> name != null)
                .map(ClaimPath::new)
                .toList();
    }

    @Override
    public LikerAuthentication convert(Jwt token) {
        if (token.getExpiresAt() == null) {
            throw refused("The claim \"exp\" is missing.");
        }
        if (token.hasClaim("cnf")) {
            throw refused("The claim \"cnf\" binds the token to a key, so it is no bearer token.");
        }
        return new LikerAuthentication(new Liker(account(token), owned(token)), authorities(token));
    }

    private static TokenRefusedException refused(String message) {
        return new TokenRefusedException(TokenRefusal.CLAIMS, message);
    }

    private AccountId account(Jwt token) {
        Object claim = account.in(token.getClaims());
        if (claim == null) {
            throw refused("The claim \"" + account + "\" is missing.");
        }
        try {
            if (claim instanceof String || claim instanceof Long || claim instanceof Integer) {
                return new AccountId(claim.toString());
            }
        } catch (IllegalArgumentException e) {
            // falls through: the text is no account id
        }
        throw refused("The claim \"" + account + "\" is not an account id.");
    }

    private Set<Ocid> owned(Jwt token) {
        Optional<Collection<?>> values = words(owned.in(token.getClaims()));
        try {
            if (values.isPresent() && values.get().stream().allMatch(String.class::isInstance)) {
                return values.get().stream()
                        .map(value -> new Ocid((String) value))
                        .collect(Collectors.toUnmodifiableSet());
            }
        } catch (IllegalArgumentException e) {
            // falls through: the values are no OCIDs
        }
        throw refused("The claim \"" + owned + "\" is not an array of OCIDs.");
    }

    private List<GrantedAuthority> authorities(Jwt token) {
        return scopes.stream()
                .flatMap(scope -> words(scope.in(token.getClaims())).stream())
                .flatMap(Collection::stream)
                .filter(String.class::isInstance)
                .distinct()
                .<GrantedAuthority>map(word -> new SimpleGrantedAuthority("SCOPE_" + word))
                .toList();
    }

    /** The elements of an array, the words of a text, or none; empty if the claim is of another type. */
    private static Optional<Collection<?>> words(@Nullable Object claim) {
        if (claim == null) {
            return Optional.of(List.of());
        }
        if (claim instanceof String text) {
            return Optional.of(Arrays.stream(text.split(" "))
                    .filter(word -> !word.isEmpty())
                    .toList());
        }
        return claim instanceof Collection<?> array ? Optional.of(array) : Optional.empty();
    }
}
