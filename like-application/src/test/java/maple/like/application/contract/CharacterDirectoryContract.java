package maple.like.application.contract;

import static maple.like.application.contract.DatabaseFixture.PARTITIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.RelationChanges;
import maple.like.application.contract.DatabaseFixture.Fault;
import maple.like.application.contract.DatabaseFixture.Stored;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.CharacterRegistry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.StoredBatch;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link CharacterDirectory} with its {@link CharacterRegistry} guarantees. */
public abstract class CharacterDirectoryContract {
    private CharacterDirectory directory;
    private CharacterRegistry registry;
    private CharacterRegistry otherRegistry;
    private final GameCharacter character = Fresh.character();

    protected abstract DatabaseFixture database();

    @BeforeEach
    void connect() {
        directory = database().instance().directory();
        registry = database().instance().registry();
        otherRegistry = database().anotherInstance().registry();
        registry.register(character);
    }

    private void assertRejected(Ocid ocid, CharacterName name, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> registry.register(new GameCharacter(ocid, name)))
                .withMessageContaining(reason);
    }

    @Test
    void namesDifferExactly() {
        String tag = Fresh.ocid().value().substring(0, 12);
        String longest = "🍁".repeat(52);
        List<GameCharacter> characters = Stream.of(
                        "adele", "Adele", "ADELE", "adéle", "adelé", "아델", "아 델", "ａdele", "ß", "ss", "🍁", "🍂", "\"",
                        "\\", longest)
                .map(text -> new GameCharacter(Fresh.ocid(), new CharacterName(text + tag)))
                .toList();
        for (GameCharacter each : characters) {
            assertThat(directory.find(each.name())).isEmpty();
            otherRegistry.register(each);
        }
        assertThat(characters)
                .allSatisfy(each -> assertThat(directory.find(each.name())).contains(each));
    }

    @Test
    void manyNamesAreFoundTogetherByWhateverNameIsGiven() {
        CharacterName alias = Fresh.name();
        registry.admit(character.ocid(), alias);
        Map<CharacterName, GameCharacter> expected =
                new HashMap<>(Map.of(character.name(), character, alias, character));
        List<CharacterName> names = new ArrayList<>(List.of(alias, character.name()));
        for (int i = 0; i < 120; i++) {
            GameCharacter other = Fresh.character();
            registry.register(other);
            expected.put(other.name(), other);
            names.addAll(List.of(Fresh.name(), other.name()));
        }
        assertThat(directory.find(names)).isEqualTo(expected);
        assertThat(directory.find(List.of())).isEmpty();
    }

    @Test
    void aNewCharacterHasNoLikesAndRegisteringItAgainChangesNothing() {
        assertThat(database().stored(character.ocid())).isEqualTo(new Stored(0, Set.of()));
        RelationChanges likes = Fresh.likesOf(character, 2);
        StoredBatch batch = database()
                .instance()
                .ledger()
                .awaitPartition(
                        PARTITIONS.of(character.ocid()),
                        locked -> locked.rows().store(new LikeBatch(locked.row().generation() + 1, likes)));
        assertThat(batch.inserted()).isEqualTo(2);
        registry.register(character);
        otherRegistry.register(character);
        assertThat(database().stored(character.ocid()).likeCount()).isEqualTo(2);
        assertThat(database().numberOf(character)).isEqualTo(1);
    }

    @Test
    void ofTwoCharactersThatWantOneNameAtOnceOneGetsIt() {
        for (int round = 0; round < 5; round++) {
            CharacterName name = Fresh.name();
            GameCharacter[] rivals = {new GameCharacter(Fresh.ocid(), name), new GameCharacter(Fresh.ocid(), name)};
            AtomicInteger rejected = new AtomicInteger();
            Workers.together(2, number -> {
                try {
                    registry(number).register(rivals[number]);
                } catch (IllegalArgumentException e) {
                    rejected.incrementAndGet();
                }
            });
            assertThat(rejected).hasValue(1);
            assertThat(directory.find(name)).isPresent().get().isIn((Object[]) rivals);
        }
    }

    private CharacterRegistry registry(int number) {
        return number % 2 == 0 ? registry : otherRegistry;
    }

    @Test
    void aNameOrAnOcidThatBelongsToAnotherCharacterIsRejected() {
        assertRejected(Fresh.ocid(), character.name(), character.name().value());
        assertThat(directory.find(character.name())).contains(character);
        CharacterName name = Fresh.name();
        assertRejected(character.ocid(), name, character.ocid().value());
        assertThat(directory.find(name)).isEmpty();
    }

    @Test
    void aRenamedCharacterIsFoundByEachNameAndKeepsTheOneItsLikesAreCountedUnder() {
        CharacterName second = Fresh.name();
        CharacterName third = Fresh.name();
        assertThat(registry.admit(character.ocid(), second)).isEqualTo(character);
        assertThat(otherRegistry.admit(character.ocid(), third)).isEqualTo(character);
        assertThat(registry.admit(character.ocid(), second)).isEqualTo(character);
        for (CharacterName name : List.of(character.name(), second, third)) {
            assertThat(directory.find(name)).contains(character);
        }
        registry.register(character);
        assertThat(database().numberOf(new GameCharacter(character.ocid(), second)))
                .isZero();
    }

    @Test
    void aNameGoesOnLeadingToItsCharacterWhicheverIsAdmittedUnderItLater() {
        CharacterName second = Fresh.name();
        registry.admit(character.ocid(), second);
        for (CharacterName name : List.of(character.name(), second)) {
            assertThat(otherRegistry.admit(Fresh.ocid(), name)).isEqualTo(character);
            assertThat(directory.find(name)).contains(character);
            assertRejected(Fresh.ocid(), name, name.value());
        }
    }

    @Test
    void registeringAndAdmittingFromManyInstancesAtOnceEndsWithOneCharacter() {
        for (int round = 0; round < 5; round++) {
            GameCharacter registered = Fresh.character();
            Workers.together(4, number -> registry(number).register(registered));
            assertThat(database().numberOf(registered)).isEqualTo(1);
            GameCharacter admitted = Fresh.character();
            for (CharacterName name : List.of(admitted.name(), Fresh.name())) {
                Workers.together(
                        4,
                        number -> assertThat(registry(number).admit(admitted.ocid(), name))
                                .isEqualTo(admitted));
                assertThat(directory.find(name)).contains(admitted);
            }
            assertThat(database().numberOf(admitted)).isEqualTo(1);
            assertThat(database().stored(admitted.ocid())).isEqualTo(new Stored(0, Set.of()));
        }
    }

    @Test
    void admittingUnderTwoNamesAtOnceEndsWithOneCharacter() {
        for (int round = 0; round < 5; round++) {
            Ocid ocid = Fresh.ocid();
            List<CharacterName> names = List.of(Fresh.name(), Fresh.name());
            GameCharacter[] admitted = new GameCharacter[2];
            Workers.together(2, number -> admitted[number] = registry(number).admit(ocid, names.get(number)));
            assertThat(admitted[0]).isEqualTo(admitted[1]);
            assertThat(names)
                    .allSatisfy(name -> assertThat(directory.find(name)).contains(admitted[0]));
        }
    }

    @Test
    void anOutageIsNeverAnsweredWithNoSuchCharacter() {
        try (Fault outage = database().outage()) {
            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> directory.find(character.name()))
                    .withMessageContaining(character.name().value());
            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> registry.register(Fresh.character()));
            assertThatExceptionOfType(DatabaseUnavailableException.class)
                    .isThrownBy(() -> registry.admit(Fresh.ocid(), Fresh.name()));
        }
        assertThat(directory.find(character.name())).contains(character);
    }
}
