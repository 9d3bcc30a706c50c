package maple.like.domain;

import static java.util.Objects.requireNonNull;

/**
 * A character that can be liked.
 *
 * @param ocid its identity
 * @param name the name that its likes are counted under
 */
public record GameCharacter(Ocid ocid, CharacterName name) {
    /**
     * Puts an identity and a name together.
     *
     * @param ocid its identity
     * @param name the name that its likes are counted under
     */
    public GameCharacter {
        requireNonNull(ocid, "ocid");
        requireNonNull(name, "name");
    }
}
