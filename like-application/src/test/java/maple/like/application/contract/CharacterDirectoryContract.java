package maple.like.application.contract;

import static maple.like.application.contract.StoreFixture.PARTITIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import maple.like.application.StoreUnavailableException;
import maple.like.application.contract.StoreFixture.Outage;
import maple.like.application.contract.StoreFixture.Stored;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.CharacterRegistry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link CharacterDirectory} with its {@link CharacterRegistry} guarantees. */
public abstract class CharacterDirectoryContract {
    private CharacterDirectory directory;
    private CharacterRegistry registry;
    private CharacterRegistry registryElsewhere;

    protected abstract StoreFixture store();

    @BeforeEach
    void connect() {
        directory = store().instance().directory();
        registry = store().instance().registry();
        registryElsewhere = store().anotherInstance().registry();
    }

    @Test
    void aCharacterThatWasRegisteredIsFound() {
        GameCharacter character = Fresh.character();
        registryElsewhere.register(character);
        assertThat(directory.find(character.name())).contains(character);
    }

    @Test
    void aNameThatNobodyRegisteredIsNotFound() {
        assertThat(directory.find(Fresh.name())).isEmpty();
    }

    @Test
    void namesAreToldApartExactly() {
        String tag = Fresh.ocid().value().substring(0, 12);
        List<GameCharacter> characters = Stream.of(
                        "adele", "Adele", "ADELE", "adéle", "adelé", "아델", "아 델", "ａdele", "ß", "ss", "🍁", "🍂", "\"",
                        "\\")
                .map(text -> new GameCharacter(Fresh.ocid(), new CharacterName(text + tag)))
                .toList();
        for (GameCharacter character : characters) {
            assertThat(directory.find(character.name())).isEmpty();
            registry.register(character);
        }
        for (GameCharacter character : characters) {
            assertThat(directory.find(character.name())).contains(character);
        }
    }

    @Test
    void theLongestNameFits() {
        String tag = Fresh.ocid().value();
        GameCharacter character = new GameCharacter(Fresh.ocid(), new CharacterName(tag + "🍁".repeat(32)));
        registry.register(character);
        assertThat(directory.find(character.name())).contains(character);
    }

    @Test
    void aNewCharacterHasNoLikes() {
        GameCharacter character = Fresh.character();
        registry.register(character);
        assertThat(store().stored(character.ocid())).isEqualTo(new Stored(0, Set.of()));
    }

    @Test
    void registeringACharacterAgainChangesNothing() {
        GameCharacter character = Fresh.character();
        registry.register(character);
        store().instance()
                .ledger()
                .withPartition(
                        PARTITIONS.of(character.ocid()),
                        locked -> locked.apply(
                                new LikeBatch(locked.state().generation() + 1, Fresh.likesOf(character, 2))));
        Stored liked = store().stored(character.ocid());

        registry.register(character);
        registryElsewhere.register(character);

        assertThat(store().stored(character.ocid())).isEqualTo(liked);
        assertThat(liked.likeCount()).isEqualTo(2);
        assertThat(store().numberOf(character)).isEqualTo(1);
    }

    @Test
    void registeringACharacterFromManyInstancesAtOnceEndsWithOne() {
        for (int round = 0; round < 5; round++) {
            GameCharacter character = Fresh.character();
            Workers.together(4, number -> (number % 2 == 0 ? registry : registryElsewhere).register(character));
            assertThat(store().numberOf(character)).isEqualTo(1);
            assertThat(directory.find(character.name())).contains(character);
        }
    }

    @Test
    void ofTwoCharactersThatWantOneNameAtOnceOneGetsIt() {
        for (int round = 0; round < 5; round++) {
            CharacterName name = Fresh.name();
            GameCharacter[] rivals = {new GameCharacter(Fresh.ocid(), name), new GameCharacter(Fresh.ocid(), name)};
            AtomicInteger refused = new AtomicInteger();
            Workers.together(2, number -> {
                try {
                    (number == 0 ? registry : registryElsewhere).register(rivals[number]);
                } catch (IllegalArgumentException e) {
                    refused.incrementAndGet();
                }
            });
            assertThat(refused).hasValue(1);
            assertThat(directory.find(name)).isPresent().get().isIn((Object[]) rivals);
        }
    }

    @Test
    void aNameThatBelongsToAnotherCharacterIsRefused() {
        GameCharacter owner = Fresh.character();
        registry.register(owner);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> registry.register(new GameCharacter(Fresh.ocid(), owner.name())))
                .withMessageContaining(owner.name().value());
        assertThat(directory.find(owner.name())).contains(owner);
    }

    @Test
    void anOcidThatBelongsToAnotherCharacterIsRefused() {
        GameCharacter owner = Fresh.character();
        registry.register(owner);
        CharacterName name = Fresh.name();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> registry.register(new GameCharacter(owner.ocid(), name)))
                .withMessageContaining(owner.ocid().value());
        assertThat(directory.find(name)).isEmpty();
    }

    @Test
    void whoIsAdmittedUnderANewNameIsRegistered() {
        GameCharacter character = Fresh.character();
        assertThat(registry.admit(character.ocid(), character.name())).isEqualTo(character);
        assertThat(registryElsewhere.admit(character.ocid(), character.name())).isEqualTo(character);
        assertThat(directory.find(character.name())).contains(character);
        assertThat(store().numberOf(character)).isEqualTo(1);
        assertThat(store().stored(character.ocid())).isEqualTo(new Stored(0, Set.of()));
    }

    @Test
    void aRenamedCharacterIsFoundByEachNameAndKeepsTheOneItsLikesAreCountedUnder() {
        GameCharacter character = Fresh.character();
        registry.register(character);
        CharacterName second = Fresh.name();
        CharacterName third = Fresh.name();
        assertThat(registry.admit(character.ocid(), second)).isEqualTo(character);
        assertThat(registryElsewhere.admit(character.ocid(), third)).isEqualTo(character);
        assertThat(registry.admit(character.ocid(), second)).isEqualTo(character);
        for (CharacterName name : List.of(character.name(), second, third)) {
            assertThat(directory.find(name)).contains(character);
        }
        registry.register(character);
        assertThat(store().numberOf(new GameCharacter(character.ocid(), second)))
                .isZero();
    }

    @Test
    void aNameGoesOnLeadingToItsCharacterWhoeverIsAdmittedUnderItLater() {
        GameCharacter owner = Fresh.character();
        registry.register(owner);
        CharacterName second = Fresh.name();
        registry.admit(owner.ocid(), second);
        for (CharacterName name : List.of(owner.name(), second)) {
            assertThat(registryElsewhere.admit(Fresh.ocid(), name)).isEqualTo(owner);
            assertThat(directory.find(name)).contains(owner);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> registry.register(new GameCharacter(Fresh.ocid(), name)));
        }
    }

    @Test
    void admittingFromManyInstancesAtOnceEndsWithOneCharacter() {
        for (int round = 0; round < 5; round++) {
            GameCharacter character = Fresh.character();
            CharacterName second = Fresh.name();
            Workers.together(
                    4,
                    number -> assertThat((number % 2 == 0 ? registry : registryElsewhere)
                                    .admit(character.ocid(), character.name()))
                            .isEqualTo(character));
            Workers.together(
                    4,
                    number -> assertThat(
                                    (number % 2 == 0 ? registry : registryElsewhere).admit(character.ocid(), second))
                            .isEqualTo(character));
            assertThat(store().numberOf(character)).isEqualTo(1);
            assertThat(directory.find(second)).contains(character);
        }
    }

    @Test
    void admittingUnderTwoNamesAtOnceEndsWithOneCharacter() {
        for (int round = 0; round < 5; round++) {
            Ocid ocid = Fresh.ocid();
            List<CharacterName> names = List.of(Fresh.name(), Fresh.name());
            GameCharacter[] admitted = new GameCharacter[2];
            Workers.together(
                    2,
                    number -> admitted[number] =
                            (number == 0 ? registry : registryElsewhere).admit(ocid, names.get(number)));
            assertThat(admitted[0]).isEqualTo(admitted[1]);
            assertThat(names)
                    .allSatisfy(name -> assertThat(directory.find(name)).contains(admitted[0]));
        }
    }

    @Test
    void anOutageIsNeverAnsweredWithNoSuchCharacter() {
        GameCharacter character = Fresh.character();
        registry.register(character);
        try (Outage outage = store().outage()) {
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> directory.find(character.name()))
                    .withMessageContaining(character.name().value());
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> registry.register(Fresh.character()));
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> registry.admit(Fresh.ocid(), Fresh.name()));
        }
        assertThat(directory.find(character.name())).contains(character);
    }
}
