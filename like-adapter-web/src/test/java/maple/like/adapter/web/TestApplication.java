package maple.like.adapter.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import maple.like.application.ErasureUnderWayException;
import maple.like.application.InvalidCursorException;
import maple.like.application.port.in.EraseAccount;
import maple.like.application.port.in.ListLikes;
import maple.like.application.port.in.ReadRanking;
import maple.like.application.port.in.ReadRanking.Ranked;
import maple.like.application.port.in.ReadRanking.Ranking;
import maple.like.application.port.in.WatchLikes;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MaxUploadSizeExceededException;

/** The smallest application that imports the adapter. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({WebAdapter.class, StubLikes.class, TestApplication.Failing.class})
class TestApplication {
    /** A token that cannot be verified, because the issuer's keys are unavailable. */
    static final String UNVERIFIABLE = "unverifiable";

    /** A token on which the decoder fails in a way that it does not promise. */
    static final String BREAKING = "breaking";

    @Bean
    JwtDecoder jwtDecoder() {
        JwtDecoder decoder = TokenDecoder.ofSecret(
                Token.SECRET, new TokenRules(Token.ISSUER, List.of("another-audience", Token.AUDIENCE), Token.CLOCK));
        return token -> {
            if (token.equals(UNVERIFIABLE)) {
                throw new JwtException("the keys are unavailable");
            }
            if (token.equals(BREAKING)) {
                throw new IllegalStateException("internals");
            }
            return decoder.decode(token);
        };
    }

    @Bean
    ReadRanking readRanking() {
        Ranked first = new Ranked(1, new CharacterName("아델"), new LikeCount(5));
        Ranked second = new Ranked(2, new CharacterName("Evan"), LikeCount.ZERO);
        return limit -> new Ranking(Token.NOW, List.of(first, second).subList(0, Math.min(limit, 2)));
    }

    /** Nothing changes. */
    @Bean
    WatchLikes watchLikes() {
        return new WatchLikes() {
            @Override
            public Map<CharacterName, GameCharacter> find(Collection<CharacterName> names) {
                return Map.of();
            }

            @Override
            public Map<GameCharacter, LikeCount> counts(Collection<GameCharacter> characters) {
                return Map.of();
            }

            @Override
            public boolean notifies() {
                return true;
            }

            @Override
            public void watch(Watcher watcher) {}
        };
    }

    @Bean
    StreamSettings streamSettings() {
        return new StreamSettings(5, 10, Duration.ofMinutes(5));
    }

    @Bean
    StreamMonitor streamMonitor() {
        return new StreamMonitor() {
            @Override
            public void opened() {}

            @Override
            public void refused() {}

            @Override
            public void sent(int counts) {}

            @Override
            public void dropped() {}

            @Override
            public void closed(Reason reason) {}
        };
    }

    /** Takes back as many likes as the account id has characters; that of an unknown account is under way. */
    @Bean
    EraseAccount eraseAccount() {
        return new EraseAccount() {
            @Override
            public Erased erase(AccountId account) {
                if (account.value().startsWith(StubLikes.UNKNOWN)) {
                    throw new ErasureUnderWayException("still", null);
                }
                return new Erased(account.value().length(), Map.of());
            }

            @Override
            public List<AccountId> interrupted() {
                return List.of();
            }
        };
    }

    /** Lists one like, and what it was asked for as the cursor. */
    @Bean
    ListLikes listLikes() {
        return new ListLikes() {
            @Override
            public Likers likers(Viewer viewer, CharacterName name, Request page) {
                if (name.value().startsWith(StubLikes.UNKNOWN)) {
                    return new Likers.NoSuchCharacter();
                }
                return viewer.operator()
                        ? new Likers.Shown(
                                new Page<>(List.of(new LikedBy(new AccountId("account-1"), Token.NOW)), cursor(page)))
                        : new Likers.Hidden();
            }

            @Override
            public Page<LikedCharacter> likes(AccountId account, Request page) {
                return new Page<>(
                        List.of(new LikedCharacter(new CharacterName(account.value()), Token.NOW)), cursor(page));
            }

            private String cursor(Request page) {
                if ("mangled".equals(page.cursor())) {
                    throw new InvalidCursorException();
                }
                return page.cursor() == null ? null : page.limit() + page.cursor();
            }
        };
    }

    @Bean
    @Order(WebAdapter.API_CHAIN_ORDER + 1)
    SecurityFilterChain operators(HttpSecurity http) {
        return http.securityMatcher("/operators/**")
                .authorizeHttpRequests(requests -> requests.anyRequest().hasAuthority("SCOPE_operator"))
                .build();
    }

    @Bean
    @Order(WebAdapter.API_CHAIN_ORDER + 2)
    SecurityFilterChain everythingElse(HttpSecurity http) {
        return http.authorizeHttpRequests(requests -> requests.anyRequest().denyAll())
                .build();
    }

    /** Calls that fail in ways that the calls on likes do not. */
    @RestController
    static class Failing {
        record Body(String text) {}

        @PostMapping("/api/test/json")
        Body json(@RequestBody Body body) {
            return body;
        }

        @GetMapping("/api/test/number")
        int number(@RequestParam int value) {
            return value;
        }

        @GetMapping("/api/test/large")
        void large() {
            throw new MaxUploadSizeExceededException(1);
        }

        @GetMapping("/api/test/denied")
        void denied() {
            throw new AccessDeniedException("not for you");
        }

        @GetMapping("/api/test/overflow")
        void overflow() {
            throw new StackOverflowError("internals");
        }

        @GetMapping("/api/test/half")
        void half(HttpServletResponse response) throws IOException {
            response.setContentType("text/csv");
            response.getOutputStream().write("half a li".getBytes(StandardCharsets.UTF_8));
            throw new IllegalStateException("internals");
        }

        @GetMapping("/operators/tools")
        String tools() {
            return "tools";
        }
    }
}
