package maple.like.adapter.web;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.StringTokenizer;
import maple.like.domain.AccountId;
import maple.like.domain.Liker;
import maple.like.domain.Ocid;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.jwt.Jwt;

/**
 * Reads a token whose signature and times have been checked: {@code sub} is the account, {@code ocids} the characters
 * it owns (none where the claim is missing), each word of {@code scope} an authority {@code SCOPE_word}.
 *
 * <p>Whoever checked the token, it is refused without {@code exp}, because it would be good forever, and with
 * {@code cnf}, because it is then bound to a key and whoever merely bears it has proved nothing.
 */
final class LikerConverter implements Converter<Jwt, LikerAuthentication> {
    @Override
    public LikerAuthentication convert(Jwt token) {
        if (token.getExpiresAt() == null) {
            throw new TokenRefusedException("The claim \"exp\" is missing.");
        }
        if (token.hasClaim("cnf")) {
            throw new TokenRefusedException("The claim \"cnf\" binds the token to a key: it is no bearer token.");
        }
        return new LikerAuthentication(new Liker(account(token), ocids(token)), authorities(token));
    }

    private static AccountId account(Jwt token) {
        if (token.getClaims().get("sub") instanceof String subject) {
            try {
                return new AccountId(subject);
            } catch (IllegalArgumentException e) {
                throw new TokenRefusedException("The claim \"sub\" is not an account id.");
            }
        }
        throw new TokenRefusedException("The claim \"sub\" is missing.");
    }

    private static Set<Ocid> ocids(Jwt token) {
        Object claim = token.getClaims().get("ocids");
        if (claim == null) {
            return Set.of();
        }
        if (!(claim instanceof Collection<?> values)) {
            throw notOcids();
        }
        Set<Ocid> ocids = new HashSet<>();
        for (Object value : values) {
            if (!(value instanceof String text)) {
                throw notOcids();
            }
            try {
                ocids.add(new Ocid(text));
            } catch (IllegalArgumentException e) {
                throw notOcids();
            }
        }
        return ocids;
    }

    private static TokenRefusedException notOcids() {
        return new TokenRefusedException("The claim \"ocids\" is not an array of OCIDs.");
    }

    private static List<GrantedAuthority> authorities(Jwt token) {
        if (!(token.getClaims().get("scope") instanceof String scope)) {
            return List.of();
        }
        List<GrantedAuthority> authorities = new ArrayList<>();
        StringTokenizer words = new StringTokenizer(scope, " ");
        while (words.hasMoreTokens()) {
            authorities.add(new SimpleGrantedAuthority("SCOPE_" + words.nextToken()));
        }
        return authorities;
    }
}
