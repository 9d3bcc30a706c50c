package maple.like.bench.yardstick;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import maple.like.application.port.out.CharacterResolver;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** The characters of the database, cached for five minutes as in the service. */
final class Characters implements CharacterResolver {
    private final JdbcTemplate database;
    private final Cache<CharacterName, GameCharacter> cached =
            Caffeine.newBuilder().expireAfterWrite(Duration.ofMinutes(5)).build();

    Characters(JdbcTemplate database) {
        this.database = database;
    }

    @Override
    public Optional<GameCharacter> find(CharacterName name) {
        return Optional.ofNullable(cached.get(name, this::load));
    }

    @Override
    public Optional<GameCharacter> resolve(CharacterName name, AccountId caller) {
        return find(name);
    }

    private @Nullable GameCharacter load(CharacterName name) {
        return database
                .queryForList("select ocid from game_character where user_ign = ?", String.class, name.value())
                .stream()
                .map(ocid -> new GameCharacter(new Ocid(ocid), name))
                .findFirst()
                .orElse(null);
    }
}
