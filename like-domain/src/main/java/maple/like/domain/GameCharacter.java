package maple.like.domain;

import static java.util.Objects.requireNonNull;

/**
 * A character that can be liked. The OCID identifies it; the name is data.
 *
 * @param ocid its identity
 * @param name the name that its likes are counted under
 */
public record GameCharacter(Ocid ocid, CharacterName name) {
    /** Rejects {@code null}. */
    public GameCharacter {
        requireNonNull(ocid, "ocid");
        requireNonNull(name, "name");
    }
}
