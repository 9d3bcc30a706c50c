package maple.like.application.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maple.like.application.CharacterLookupUnavailableException;
import maple.like.application.StoreUnavailableException;
import maple.like.application.contract.Fresh;
import maple.like.application.memory.InMemoryLedger;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import org.junit.jupiter.api.Test;

class OperatorDirectoryTest {
    private final InMemoryLedger store = new InMemoryLedger();
    private final Map<CharacterName, Ocid> operator = new HashMap<>();
    private final List<CharacterName> asked = new ArrayList<>();
    private final OperatorDirectory directory = new OperatorDirectory(
            store,
            name -> {
                asked.add(name);
                return Optional.ofNullable(operator.get(name));
            },
            store);

    private final GameCharacter character = Fresh.character();

    @Test
    void aNameThatTheStoreKnowsIsNotAskedFor() {
        store.register(character);
        assertThat(directory.find(character.name())).contains(character);
        assertThat(asked).isEmpty();
    }

    @Test
    void aNameThatTheOperatorKnowsIsStored() {
        operator.put(character.name(), character.ocid());
        assertThat(directory.find(character.name())).contains(character);
        assertThat(store.find(character.name())).contains(character);
        assertThat(directory.find(character.name())).contains(character);
        assertThat(asked).containsExactly(character.name());
    }

    @Test
    void aNewNameOfAKnownCharacterLeadsToItUnderItsOldName() {
        store.register(character);
        CharacterName renamed = Fresh.name();
        operator.put(renamed, character.ocid());
        assertThat(directory.find(renamed)).contains(character);
        assertThat(store.find(renamed)).contains(character);
        assertThat(store.characters()).containsExactly(character);
    }

    @Test
    void aNameThatNobodyKnowsIsStoredNowhere() {
        assertThat(directory.find(character.name())).isEmpty();
        assertThat(store.characters()).isEmpty();
    }

    @Test
    void anOperatorThatDoesNotSayIsNotTakenForNoSuchCharacter() {
        OperatorDirectory silent = new OperatorDirectory(
                store,
                name -> {
                    throw new CharacterLookupUnavailableException("maintenance");
                },
                store);
        assertThatExceptionOfType(CharacterLookupUnavailableException.class)
                .isThrownBy(() -> silent.find(character.name()));
        store.register(character);
        assertThat(silent.find(character.name())).contains(character);
    }

    @Test
    void whileTheStoreIsAwayTheOperatorIsNotAsked() {
        operator.put(character.name(), character.ocid());
        store.goAway();
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> directory.find(character.name()));
        assertThat(asked).isEmpty();
    }
}
