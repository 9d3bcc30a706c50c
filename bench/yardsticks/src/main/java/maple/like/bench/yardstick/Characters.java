package maple.like.bench.yardstick;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import maple.like.domain.CharacterName;
import maple.like.domain.Ocid;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** The OCIDs of characters, remembered for five minutes as the service does. */
final class Characters {
    private final JdbcTemplate database;
    private final Cache<CharacterName, Ocid> known =
            Caffeine.newBuilder().expireAfterWrite(Duration.ofMinutes(5)).build();

    Characters(JdbcTemplate database) {
        this.database = database;
    }

    Optional<Ocid> find(CharacterName name) {
        return Optional.ofNullable(known.get(name, this::load));
    }

    private @Nullable Ocid load(CharacterName name) {
        return database
                .queryForList("select ocid from game_character where user_ign = ?", String.class, name.value())
                .stream()
                .map(Ocid::new)
                .findFirst()
                .orElse(null);
    }
}
