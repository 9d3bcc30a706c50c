package maple.like.application.likes;

import java.util.List;
import maple.like.application.contract.CharacterDirectoryContract;
import maple.like.application.contract.CharacterRankingContract;
import maple.like.application.contract.DatabaseFixture;
import maple.like.application.contract.LikeCountStoreContract;
import maple.like.application.contract.LikeLedgerContract;
import maple.like.application.contract.LikeListsContract;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import org.junit.jupiter.api.Nested;

class InMemoryLedgerTest {
    private static final DatabaseFixture DATABASE = new Fixture(new InMemoryLedger(DatabaseFixture.PARTITIONS));

    @Nested
    class Ledger extends LikeLedgerContract {
        @Override
        protected DatabaseFixture database() {
            return DATABASE;
        }
    }

    @Nested
    class Counts extends LikeCountStoreContract {
        @Override
        protected DatabaseFixture database() {
            return DATABASE;
        }
    }

    @Nested
    class Ranking extends CharacterRankingContract {
        @Override
        protected DatabaseFixture database() {
            return DATABASE;
        }
    }

    @Nested
    class Lists extends LikeListsContract {
        @Override
        protected DatabaseFixture database() {
            return DATABASE;
        }
    }

    @Nested
    class Characters extends CharacterDirectoryContract {
        @Override
        protected DatabaseFixture database() {
            return DATABASE;
        }
    }

    private record Fixture(InMemoryLedger memory) implements DatabaseFixture {
        @Override
        public Instance instance() {
            return new Instance(memory, memory, memory, memory, memory, memory);
        }

        @Override
        public Instance anotherInstance() {
            return instance();
        }

        @Override
        public Stored stored(Ocid target) {
            return memory.stored(target);
        }

        @Override
        public int numberOf(GameCharacter character) {
            return memory.characters().contains(character) ? 1 : 0;
        }

        @Override
        public List<DeadLetter> deadLetters(Ocid target) {
            return memory.deadLetters().entrySet().stream()
                    .filter(letter -> letter.getKey().target().equals(target))
                    .map(letter -> new DeadLetter(letter.getKey().account(), letter.getValue(), "in memory"))
                    .toList();
        }

        @Override
        public void miscount(Ocid target, long by) {
            memory.miscount(target, by);
        }

        @Override
        public Fault rejecting(AccountId account) {
            memory.reject(relation -> relation.account().equals(account));
            return () -> memory.reject(relation -> false);
        }

        @Override
        public Fault outage() {
            memory.setAvailable(false);
            return () -> memory.setAvailable(true);
        }
    }
}
