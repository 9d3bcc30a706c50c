package maple.like.bootstrap.local;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Tokens and rows for trying the service out in local mode. */
@RestController
final class LocalController {
    private static final Duration TOKEN_LIFE = Duration.ofDays(1);

    private final JwtEncoder tokens;
    private final JdbcClient database;
    private final InstantSource clock;

    LocalController(JwtEncoder tokens, DataSource database, InstantSource clock) {
        this.tokens = tokens;
        this.database = JdbcClient.create(database);
        this.clock = clock;
    }

    /** A token for any account, which owns the characters named by their OCIDs. */
    @GetMapping(path = "/local/token", produces = MediaType.TEXT_PLAIN_VALUE)
    String token(
            @RequestParam(defaultValue = "me") String account, @RequestParam(defaultValue = "") List<String> ocids) {
        Instant now = clock.instant();
        JwtClaimsSet claims = JwtClaimsSet.builder()
                .subject(account)
                .claim("ocids", ocids)
                .issuedAt(now)
                .expiresAt(now.plus(TOKEN_LIFE))
                .build();
        return tokens.encode(JwtEncoderParameters.from(
                        JwsHeader.with(MacAlgorithm.HS256).build(), claims))
                .getTokenValue();
    }

    /** What the database holds: each character with its like_count, and the number of its rows. */
    @GetMapping(path = "/local/rows", produces = MediaType.APPLICATION_JSON_VALUE)
    List<Map<String, Object>> rows() {
        return database.sql("""
                        select c.user_ign as "userIgn", c.ocid as "ocid", c.like_count as "likeCount",
                               (select count(*) from character_like l where l.target_ocid = c.ocid) as "rows"
                        from game_character c order by c.id""").query().listOfRows();
    }
}
