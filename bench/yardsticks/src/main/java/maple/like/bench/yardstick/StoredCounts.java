package maple.like.bench.yardstick;

import jakarta.persistence.EntityManager;
import java.util.Objects;
import maple.like.domain.CharacterName;
import org.springframework.transaction.support.TransactionTemplate;

/** Reads a character by its name in a read-only transaction, like a Spring Data repository. */
final class StoredCounts {
    private static final String BY_NAME = "select c from StoredCharacter c where c.userIgn = :userIgn";

    private final EntityManager entities;
    private final TransactionTemplate readOnly;

    StoredCounts(EntityManager entities, TransactionTemplate readOnly) {
        this.entities = entities;
        this.readOnly = readOnly;
    }

    long of(CharacterName name) {
        return Objects.requireNonNull(readOnly.execute(status -> entities.createQuery(BY_NAME, StoredCharacter.class)
                .setParameter("userIgn", name.value())
                .getSingleResult()
                .likeCount));
    }
}
