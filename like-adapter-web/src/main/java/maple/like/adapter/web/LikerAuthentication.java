package maple.like.adapter.web;

import java.io.Serial;
import java.util.Collection;
import maple.like.domain.Liker;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;

/** An authenticated caller. Does not keep the token, and masks the name, because names get logged. */
final class LikerAuthentication extends AbstractAuthenticationToken {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final String OPERATOR = "SCOPE_operator";

    private final transient Liker liker;

    LikerAuthentication(Liker liker, Collection<? extends GrantedAuthority> authorities) {
        super(authorities);
        this.liker = liker;
        super.setAuthenticated(true);
    }

    /** The caller of the request that this thread serves; null where it has no token. */
    static @Nullable LikerAuthentication current() {
        return SecurityContextHolder.getContext().getAuthentication() instanceof LikerAuthentication caller
                ? caller
                : null;
    }

    boolean isOperator() {
        return getAuthorities().stream().anyMatch(authority -> OPERATOR.equals(authority.getAuthority()));
    }

    @Override
    public Liker getPrincipal() {
        return liker;
    }

    @Override
    public String getCredentials() {
        return "";
    }

    @Override
    public String getName() {
        return liker.account().toString();
    }
}
