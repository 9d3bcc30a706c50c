package maple.like.bootstrap.local;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import maple.like.adapter.redis.RedisNodes;
import maple.like.adapter.web.LocalPage;
import maple.like.adapter.web.WebAdapter;
import maple.like.application.port.out.CharacterRegistry;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.security.web.SecurityFilterChain;

/** The beans of local mode. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(LocalModeConfiguration.ACTIVE)
@Import({LocalController.class, LocalPage.class})
public class LocalModeConfiguration {
    /** Set before the context is built: whether nothing is configured. */
    public static final String ACTIVE = "like.local.active";

    /** Creates the tables of an empty database at once, in place of all migrations before. */
    public static final String TABLES = "classpath:db/local";

    /** Where local mode keeps its data. */
    static final String DIRECTORY = "like.local.directory";

    /** The key that tokens are signed with. */
    static final String SECRET = "like.auth.jwt-secret";

    /** Without Redis, none is embedded. */
    private static final String STRATEGY = "like.buffer.strategy";

    /** A folder in the working directory. */
    public static final String DEFAULT_DIRECTORY = "like-data";

    private static final Logger LOG = LoggerFactory.getLogger(LocalModeConfiguration.class);

    /** The names of the characters. */
    private static final String CHARACTERS = "like.local.characters";

    private static final String DEFAULT_CHARACTERS = "Adele,아델,카이저,Luminous,팬텀";

    @Bean
    LocalDirectory localDirectory(
            @Value("${" + DIRECTORY + ":" + DEFAULT_DIRECTORY + "}") String directory,
            @Value("${server.address}") String address)
            throws UnknownHostException {
        if (!InetAddress.getByName(address).isLoopbackAddress()) {
            throw new InvalidConfigurationPropertyValueException(
                    "server.address",
                    address,
                    "Local mode issues tokens without authentication, so it listens on the loopback interface only."
                            + " To listen elsewhere, set like.redis.uri, spring.datasource.url and a key for"
                            + " tokens.");
        }
        return LocalDirectory.open(directory);
    }

    @Bean
    @ConditionalOnProperty(name = STRATEGY, havingValue = "redis", matchIfMissing = true)
    LocalRedis localRedis(LocalDirectory directory) {
        return LocalRedis.start(directory.path().resolve("redis"));
    }

    @Bean
    @ConditionalOnProperty(name = STRATEGY, havingValue = "redis", matchIfMissing = true)
    RedisNodes redisNodes(LocalRedis redis) {
        return RedisNodes.of(redis.uri());
    }

    @Bean
    JwtEncoder jwtEncoder(@Value("${" + SECRET + "}") String secret) {
        return NimbusJwtEncoder.withSecretKey(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"))
                .build();
    }

    @Bean
    @Order(WebAdapter.API_CHAIN_ORDER + 2)
    SecurityFilterChain localSecurity(HttpSecurity http) {
        return http.securityMatcher("/local/**")
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .build();
    }

    /** Before the first request, which would find that a character does not exist. */
    @Bean
    SmartInitializingSingleton localCharacters(
            CharacterRegistry registry, @Value("${" + CHARACTERS + ":" + DEFAULT_CHARACTERS + "}") List<String> names) {
        return () -> names.forEach(name -> registry.register(character(name)));
    }

    private static GameCharacter character(String name) {
        try {
            return new GameCharacter(
                    new Ocid("local-" + Integer.toHexString(name.hashCode())), new CharacterName(name));
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigurationPropertyValueException(CHARACTERS, name, String.valueOf(e.getMessage()));
        }
    }

    @Bean
    ApplicationListener<ApplicationReadyEvent> localWelcome(
            LocalDirectory directory, ObjectProvider<LocalRedis> redis, Environment environment) {
        return ready -> {
            String embedded = redis.getIfAvailable() == null ? "the database is" : "Redis and the database are";
            String url = "http://127.0.0.1:" + environment.getProperty("local.server.port");
            LOG.info("""
                    Local mode: nothing is configured, so {} embedded. Data: {}
                      Characters and rows in the database: {}/local/rows
                      Address: {}, a page to try it
                      Like a character:
                        curl -X POST -H "Authorization: Bearer $(curl -s {}/local/token)" {}/api/v2/characters/Adele/like
                    """.stripTrailing(), embedded, directory.path(), url, url, url, url);
        };
    }
}
