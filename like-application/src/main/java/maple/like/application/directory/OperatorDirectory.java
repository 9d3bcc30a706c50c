package maple.like.application.directory;

import java.util.Optional;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.CharacterLookup;
import maple.like.application.port.out.CharacterRegistry;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;

/**
 * Asks the game operator for a name that the store does not know, and has the store know it from then on. Remembers
 * nothing by itself. Safe for use by any number of threads.
 *
 * @param stored the characters in the store, not a cache of them: another instance may just have added the name
 * @param operator asked for what the store does not know
 * @param registry where the operator's answer goes
 */
public record OperatorDirectory(CharacterDirectory stored, CharacterLookup operator, CharacterRegistry registry)
        implements CharacterDirectory {
    @Override
    public Optional<GameCharacter> find(CharacterName name) {
        Optional<GameCharacter> known = stored.find(name);
        return known.isPresent() ? known : operator.lookUp(name).map(ocid -> registry.admit(ocid, name));
    }
}
