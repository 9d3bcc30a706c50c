package maple.like.bootstrap;

import java.util.Optional;
import java.util.function.Function;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import org.jspecify.annotations.Nullable;

/**
 * Where names that the database does not know are looked up.
 *
 * @param lookup looks a name up and registers its character; null where names are not looked up
 */
record ExternalCharacters(@Nullable Function<CharacterName, Optional<GameCharacter>> lookup) {}
