package maple.like.adapter.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import maple.like.application.PartitionState;
import maple.like.application.contract.Fresh;
import maple.like.application.port.out.LikeCountStore.StoredCount;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLedger.CharacterCount;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.PartitionRow;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikePartitions;
import maple.like.domain.RelationKey;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database of 0.1.0-SNAPSHOT becomes one of this version. */
class UpgradeTest {
    private static final LikePartitions PARTITIONS = new LikePartitions(2);
    private static final int ACTIVE = 0;
    private static final int FAILED_OVER = 1;

    private final GameCharacter up = character(ACTIVE, "아델 \"2\"");
    private final GameCharacter down = character(ACTIVE, "b\\n, 'x'");
    private final GameCharacter unchanged = character(ACTIVE, "unchanged");
    private final GameCharacter decided = character(FAILED_OVER, "decided");
    private final AccountId liker = new AccountId("acc:with:colons\\");
    private final AccountId other = new AccountId("🍁");

    private static GameCharacter character(int partition, String name) {
        return new GameCharacter(Fresh.ocidIn(partition, PARTITIONS), new CharacterName(name));
    }

    /** A batch that is stored and not finished, two of whose rows were rejected; a failover and its journal. */
    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSql", "MySql", "MariaDb"})
    void nothingIsLost(String vendor) throws SQLException {
        try (TestDatabase database = TestDatabases.empty(vendor);
                JpaInstance instance = new JpaInstance(database, null)) {
            database.migrate("flyway_schema_history", "4");
            fill(database);

            SchemaHistory.adopt(database.dataSource());
            database.migrate(SchemaHistory.TABLE, "latest");

            JpaLikes likes = instance.likes(PARTITIONS);
            assertThat(Stream.of(up, down, unchanged, decided)
                            .map(each -> likes.counts().count(each.ocid()).orElseThrow()))
                    .containsExactly(
                            new StoredCount(new LikeCount(2), 7, 2, PartitionState.ACTIVE),
                            new StoredCount(LikeCount.ZERO, 7, -1, PartitionState.ACTIVE),
                            new StoredCount(new LikeCount(1), 7, 0, PartitionState.ACTIVE),
                            new StoredCount(new LikeCount(1), 3, 5, PartitionState.FAILED_OVER));
            assertThat(likes.counts()
                            .like(new RelationKey(liker, up.ocid()))
                            .orElseThrow()
                            .liked())
                    .isTrue();
            likes.ledger().awaitPartition(ACTIVE, locked -> {
                assertThat(journal(locked)).containsExactly(tuple(liker, up, true, 0L), tuple(other, down, false, 0L));
                assertThat(locked.rows().relationsAfter(LikeLedger.START, 10).relations())
                        .hasSize(3);
                assertThat(locked.inspection().deadLetters()).isEqualTo(1);
                return true;
            });
            likes.ledger().awaitPartition(FAILED_OVER, locked -> {
                assertThat(locked.row()).isEqualTo(new PartitionRow(3, 0, PartitionState.FAILED_OVER, 4, null));
                assertThat(journal(locked))
                        .containsExactly(tuple(liker, decided, true, 1L), tuple(other, decided, false, 0L));
                assertThat(locked.inspection().countsAfter(LikeLedger.START, 10).counts())
                        .containsExactly(new CharacterCount(decided, 1, 1));
                return true;
            });
        }
    }

    private void fill(TestDatabase database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            Map<GameCharacter, List<AccountId>> likers = Map.of(
                    up, List.of(liker, other), down, List.of(), unchanged, List.of(liker), decided, List.of(liker));
            for (GameCharacter character : likers.keySet()) {
                List<AccountId> accounts = likers.get(character);
                String name = character.name().value();
                String ocid = character.ocid().value();
                insert(connection, "game_character (user_ign, ocid, like_count)", name, ocid, accounts.size());
                for (AccountId account : accounts) {
                    insert(
                            connection,
                            "character_like (created_at, target_ocid, liker_account_id)",
                            ocid,
                            account.value());
                }
            }
            String changes = "%s\t2\n%s\t-1\n\t%s\t1\t%s\n\t%s\t0\t%s\n"
                    .formatted(
                            up.name(),
                            down.name(),
                            up.name(),
                            new RelationKey(liker, up.ocid()).value(),
                            down.name(),
                            new RelationKey(other, down.ocid()).value());
            String partition = "like_partition (id, generation, deltas, detached, detachments)";
            insert(connection, partition, ACTIVE, 7, changes, false, 0);
            insert(connection, partition, FAILED_OVER, 3, decided.name() + "\t5\n", true, 4);
            String entry = "like_fallback (created_at, partition_id, target_ocid, liker_account_id, liked, change_by)";
            insert(connection, entry, FAILED_OVER, decided.ocid().value(), liker.value(), true, 1);
            insert(connection, entry, FAILED_OVER, decided.ocid().value(), other.value(), false, 0);
            String deadLetter = "like_set_aside (created_at, target_ocid, liker_account_id, liked, reason)";
            insert(connection, deadLetter, down.ocid().value(), other.value(), true, "rejected");
        }
    }

    private static void insert(Connection connection, String table, Object... values) throws SQLException {
        String sql = "insert into " + table + " values (" + (table.contains("created_at") ? "current_timestamp, " : "")
                + "?, ".repeat(values.length - 1) + "?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    private static List<Tuple> journal(LockedPartition locked) {
        return locked.journal().entries(100).stream()
                .map(entry -> tuple(entry.account(), entry.character(), entry.liked(), entry.change()))
                .toList();
    }
}
