package maple.like.adapter.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.text.Normalizer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.RelationChanges;
import maple.like.application.contract.Fresh;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.CharacterCount;
import maple.like.application.port.out.LikeLedger.CountPage;
import maple.like.application.port.out.LikeLedger.JournalEntry;
import maple.like.application.port.out.LikeLedger.LikeBatch;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.PartitionRow;
import maple.like.application.port.out.LikeLedger.RelationPage;
import maple.like.application.port.out.LikeLedger.StoredBatch;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;
import maple.like.domain.RelationKey;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a database whose characters and likes other writers inserted. */
@ParameterizedClass
@ValueSource(strings = {"H2", "PostgreSql", "MariaDb"})
class PartitionMembersTest {
    private static final int CHARACTERS = 40;
    private static final int LIKES_EACH = 6;
    private static final int PAGE = 10;

    @AutoClose
    private final TestDatabase database;

    @AutoClose
    private final JpaInstance instance;

    private final List<GameCharacter> characters =
            Stream.generate(Fresh::character).limit(CHARACTERS).toList();

    PartitionMembersTest(String vendor) {
        database = TestDatabases.migrated(vendor);
        instance = new JpaInstance(database, null);
        insert(
                "game_character (user_ign, ocid, like_count)",
                each -> "('%s', '%s', %d)".formatted(each.name(), each.ocid(), LIKES_EACH));
        for (int i = 0; i < LIKES_EACH; i++) {
            insert(
                    "character_like (target_ocid, liker_account_id, created_at)",
                    each -> "('%s', '%s', current_timestamp)"
                            .formatted(each.ocid(), Fresh.account().value()));
        }
    }

    private void insert(String table, Function<GameCharacter, String> row) {
        database.execute("insert into " + table + " values "
                + characters.stream().map(row).collect(Collectors.joining(", ")));
    }

    private JpaLikes divided(int partitions) {
        return instance.likes(new LikePartitions(partitions));
    }

    private static List<RelationKey> relations(LikeLedger ledger, int partition) {
        List<RelationKey> relations = new ArrayList<>();
        RelationPage page = new RelationPage(List.of(), LikeLedger.START, false);
        while (!page.last()) {
            String from = page.next();
            page = ledger.awaitPartition(partition, locked -> locked.rows().relationsAfter(from, PAGE));
            relations.addAll(page.relations());
        }
        return relations;
    }

    private static List<CharacterCount> counts(LikeLedger ledger, int partition) {
        List<CharacterCount> counts = new ArrayList<>();
        CountPage page = new CountPage(List.of(), List.of(), LikeLedger.START, false);
        while (!page.last()) {
            String from = page.next();
            page = ledger.awaitPartition(
                    partition, locked -> locked.inspection().countsAfter(from, PAGE));
            counts.addAll(page.counts());
        }
        return counts;
    }

    private static <T> List<T> ofAll(int partitions, IntFunction<List<T>> of) {
        return IntStream.range(0, partitions).mapToObj(of).flatMap(List::stream).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void copyingBackAndAuditingReadEachRowOnceHoweverManyPartitionsThereAre(int partitions) {
        LikeLedger ledger = divided(partitions).ledger();
        counts(ledger, 0); // assigns the characters
        instance.recording.reset();
        assertThat(ofAll(partitions, partition -> relations(ledger, partition)))
                .hasSize(CHARACTERS * LIKES_EACH)
                .doesNotHaveDuplicates();
        // Each page reads its partition's row, and no more characters than relations.
        assertThat(instance.recording.rowsRead()).isLessThan(3 * CHARACTERS * LIKES_EACH);

        instance.recording.reset();
        assertThat(ofAll(partitions, partition -> counts(ledger, partition)))
                .hasSize(CHARACTERS)
                .allSatisfy(
                        count -> assertThat(count.rows()).isEqualTo(LIKES_EACH).isEqualTo(count.likeCount()));
        assertThat(instance.recording.rowsRead()).isLessThan(4 * CHARACTERS);
    }

    @Test
    void aCharacterWhoseOcidIsChangedMovesToItsPartition() {
        LikeLedger ledger = divided(2).ledger();
        assertThat(relations(ledger, 0)).isNotEmpty();
        GameCharacter before = counts(ledger, 0).get(0).character();
        Ocid ocid = Fresh.ocidIn(1, new LikePartitions(2));
        GameCharacter after = new GameCharacter(ocid, new CharacterName(ocid.value())); // the name is taken
        String change = " = '" + after.ocid() + "' where %s = '" + before.ocid() + "'";
        database.execute("update game_character set ocid" + change.formatted("ocid"));
        database.execute("update character_like set target_ocid" + change.formatted("target_ocid"));
        assertThat(counts(ledger, 0)).extracting(CharacterCount::character).doesNotContain(before, after);
        assertThat(counts(ledger, 1)).contains(new CharacterCount(after, LIKES_EACH, LIKES_EACH));
        assertThat(relations(ledger, 1)).extracting(RelationKey::target).contains(after.ocid());
    }

    @Test
    void aDatabaseThatIsDividedAnewTakesNoOldChangeForOneOfANewBatch() {
        LikeLedger two = divided(2).ledger();
        GameCharacter character = characters.get(0);
        int before = new LikePartitions(2).of(character.ocid());
        for (int batch = 1; batch <= 3; batch++) {
            LikeBatch some = new LikeBatch(batch, Fresh.likesOf(character, 1));
            two.awaitPartition(before, locked -> locked.rows().store(some));
        }
        assertThat(relations(two, 0)).isNotEmpty();
        database.execute("delete from like_partition");
        JpaLikes three = divided(3);
        assertThat(characters)
                .allSatisfy(each -> assertThat(
                                three.counts().count(each.ocid()).orElseThrow().lastChange())
                        .isZero());
        int after = new LikePartitions(3).of(character.ocid());
        assertThat(three.ledger()
                        .<PartitionRow>awaitPartition(after, LockedPartition::row)
                        .generation())
                .isGreaterThan(3);
        assertThat(ofAll(3, partition -> relations(three.ledger(), partition))).hasSize(CHARACTERS * LIKES_EACH + 3);
    }

    // Rows that other writers insert or edit

    private void insertCharacter(String userIgn, String ocid) {
        database.execute("insert into game_character (user_ign, ocid) values ('%s', '%s')".formatted(userIgn, ocid));
    }

    private String storedCount(GameCharacter character) {
        return database.query("select like_count from game_character where ocid = '" + character.ocid() + "'")
                .get(0)
                .get(0);
    }

    @Test
    void aNameThatIsReusedDoesNotChangeWhatLikesAreCountedUnder() {
        JpaLikes likes = divided(2);
        GameCharacter first = characters.get(0);
        GameCharacter second = characters.get(1);
        assertThat(likes.directory().find(first.name())).contains(first);
        database.execute("update game_character set user_ign = 'Renamed' where ocid = '" + first.ocid() + "'");
        database.execute(
                "update game_character set user_ign = '" + first.name() + "' where ocid = '" + second.ocid() + "'");
        assertThat(likes.directory().find(new CharacterName("Renamed"))).contains(first);
        GameCharacter renamed =
                new GameCharacter(second.ocid(), new CharacterName(second.ocid().value()));
        assertThat(likes.directory().find(first.name())).contains(renamed);
        assertThat(likes.directory().isCounted(first.name())).isTrue();
        assertThat(likes.directory().isCounted(second.name())).isFalse();
        database.execute("delete from game_character where ocid = '" + first.ocid() + "'");
        assertThat(likes.registry()
                        .admit(Fresh.ocid(), new CharacterName("Renamed"))
                        .name())
                .isEqualTo(new CharacterName("Renamed"));
        assertThat(likes.registry().admit(second.ocid(), first.name())).isEqualTo(renamed);
    }

    @Test
    void aCharacterThatReturnsIsCountedBeforeItIsReadAndInvalidatesThePrimaryOnce() {
        JpaLikes likes = divided(2);
        LikeLedger ledger = likes.ledger();
        GameCharacter character = characters.get(0);
        int partition = new LikePartitions(2).of(character.ocid());
        assertThat(admits(ledger, partition)).isFalse();
        database.execute("delete from game_character where ocid = '" + character.ocid() + "'");
        assertThat(likes.counts().count(character.ocid())).isEmpty();
        insertCharacter(character.name().value(), character.ocid().value());
        assertThat(likes.counts().count(character.ocid()).orElseThrow().likeCount())
                .isEqualTo(new LikeCount(LIKES_EACH));
        assertThat(storedCount(character)).isEqualTo(String.valueOf(LIKES_EACH));
        assertThat(admits(ledger, 1 - partition)).isFalse();
        assertThat(admits(ledger, partition)).isTrue();
        assertThat(admits(ledger, partition)).isFalse();
        assertThat(counts(ledger, partition)).contains(new CharacterCount(character, LIKES_EACH, LIKES_EACH));
    }

    private static boolean admits(LikeLedger ledger, int partition) {
        return ledger.awaitPartition(partition, locked -> locked.rows().admitCharacters());
    }

    @Test
    void aLikeOfADeletedCharacterIsADeadLetterAndUndoneInThePrimary() {
        LikeLedger ledger = divided(1).ledger();
        GameCharacter character = characters.get(0);
        assertThat(admits(ledger, 0)).isFalse();
        RelationKey like = Fresh.relationTo(character);
        database.execute("delete from game_character where ocid = '" + character.ocid() + "'");
        LikeBatch batch = new LikeBatch(1, new RelationChanges(Set.of(like), Set.of()));
        assertThat(ledger.<StoredBatch>awaitPartition(0, locked -> locked.rows().store(batch))
                        .rejected())
                .containsExactly(like);
        assertThat(ledger.<List<JournalEntry>>awaitPartition(
                        0, locked -> locked.journal().entries(9)))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.relation()).isEqualTo(like);
                    assertThat(entry.character()).isEqualTo(character);
                    assertThat(entry.liked()).isFalse();
                });
    }

    @Test
    void invalidRowsAreSkippedAndReported() {
        String decomposed = Normalizer.normalize("아델", Normalizer.Form.NFD);
        List<String> reported = new ArrayList<>();
        CharacterMonitor monitor = new CharacterMonitor() {
            @Override
            public void skipped(String row, String reason) {
                reported.add(row);
            }

            @Override
            public void nameTaken(String name, Ocid ocid, String countedFor) {
                reported.add(name);
            }
        };
        JpaLikes likes = new JpaLikes(instance.sessions, new LikePartitions(1), InstantSource.system(), monitor);
        likes.ensurePartitions();
        insertCharacter("Broken", "no OCID");
        insertCharacter("Lost\t", "ocid-lost");
        insertCharacter(decomposed, "ocid-decomposed");
        database.execute("insert into character_like (target_ocid, liker_account_id, created_at) values"
                + " ('ocid-decomposed', 'two words', current_timestamp)");

        GameCharacter adele = new GameCharacter(new Ocid("ocid-decomposed"), new CharacterName("아델"));
        assertThat(likes.directory().find(adele.name())).contains(adele);
        assertThat(likes.directory().find(new CharacterName("Broken"))).isEmpty();
        assertThat(reported).hasSize(1).first().asString().contains("'Broken'");
        assertThat(relations(likes.ledger(), 0)).hasSize(CHARACTERS * LIKES_EACH);
        CountPage page =
                likes.ledger().awaitPartition(0, locked -> locked.inspection().countsAfter(LikeLedger.START, 100));
        assertThat(page.counts()).hasSize(CHARACTERS + 2).contains(new CharacterCount(adele, 1, 1));
        assertThat(page.unusable())
                .hasSize(2)
                .anyMatch(row -> row.contains("'Broken'") && row.contains("'no OCID'"))
                .anyMatch(row -> row.contains("ocid-lost"));
        assertThatExceptionOfType(DatabaseUnavailableException.class)
                .isThrownBy(() -> likes.registry().admit(Fresh.ocid(), new CharacterName("Broken")))
                .withMessageContaining("Broken");

        database.execute("update game_character set ocid = 'ocid-mended' where user_ign = 'Broken'");
        assertThat(likes.directory().find(new CharacterName("Broken")))
                .contains(new GameCharacter(new Ocid("ocid-mended"), new CharacterName("Broken")));
    }
}
