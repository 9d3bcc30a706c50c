package maple.like.application.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import maple.like.application.CharacterLookupUnavailableException;
import maple.like.application.port.out.CharacterLookup;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import org.junit.jupiter.api.Test;

/** What every {@link CharacterLookup} guarantees. */
public abstract class CharacterLookupContract {
    /** A lookup whose operator has exactly these characters, and answers. */
    protected abstract CharacterLookup operatorOf(GameCharacter... characters);

    /** A lookup whose operator accepts a call and never answers. */
    protected abstract CharacterLookup unresponsiveOperator();

    /** A time that no call takes, with room for a slow machine. */
    protected abstract Duration longest();

    @Test
    void aCharacterOfTheOperatorIsFound() {
        GameCharacter character = Fresh.character();
        assertThat(operatorOf(character, Fresh.character()).lookUp(character.name()))
                .contains(character.ocid());
    }

    @Test
    void aNameIsLookedUpAsItIs() {
        for (String text : new String[] {"아델", "a b", "a+b&c=d#e%20", "🍁", "\"\\/?"}) {
            GameCharacter character = new GameCharacter(Fresh.ocid(), new CharacterName(text));
            assertThat(operatorOf(character).lookUp(character.name())).contains(character.ocid());
        }
    }

    @Test
    void emptyMeansThatTheOperatorHasNoSuchCharacter() {
        assertThat(operatorOf(Fresh.character()).lookUp(Fresh.name())).isEqualTo(Optional.empty());
    }

    @Test
    void aCallEndsWithinAKnownTimeAlsoWithoutAnAnswer() {
        CharacterLookup unresponsive = unresponsiveOperator();
        Instant begun = Instant.now();
        assertThatExceptionOfType(CharacterLookupUnavailableException.class)
                .isThrownBy(() -> unresponsive.lookUp(Fresh.name()));
        assertThat(Duration.between(begun, Instant.now())).isLessThan(longest());
    }
}
