package maple.like.application.memory;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import maple.like.application.contract.CharacterDirectoryContract;
import maple.like.application.contract.LikeCountStoreContract;
import maple.like.application.contract.LikeLedgerContract;
import maple.like.application.contract.StoreFixture;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;
import org.junit.jupiter.api.Nested;

class InMemoryLedgerTest {
    private static final StoreFixture STORE = new InMemoryStoreFixture(new InMemoryLedger(StoreFixture.PARTITIONS));

    @Nested
    class Ledger extends LikeLedgerContract {
        @Override
        protected StoreFixture store() {
            return STORE;
        }
    }

    @Nested
    class Counts extends LikeCountStoreContract {
        @Override
        protected StoreFixture store() {
            return STORE;
        }
    }

    @Nested
    class Characters extends CharacterDirectoryContract {
        @Override
        protected StoreFixture store() {
            return STORE;
        }
    }

    private record InMemoryStoreFixture(InMemoryLedger memory) implements StoreFixture {
        @Override
        public Instance instance() {
            return new Instance(memory, memory, memory, memory);
        }

        @Override
        public Instance anotherInstance() {
            return instance();
        }

        @Override
        public Stored stored(Ocid target) {
            Set<AccountId> likers = new HashSet<>();
            memory.rows().forEach(row -> {
                if (row.target().equals(target)) {
                    likers.add(row.account());
                }
            });
            return new Stored(likers.size(), likers);
        }

        @Override
        public int numberOf(GameCharacter character) {
            return memory.characters().contains(character) ? 1 : 0;
        }

        @Override
        public List<SetAside> setAside(Ocid target) {
            return memory.setAside().entrySet().stream()
                    .filter(aside -> aside.getKey().target().equals(target))
                    .map(aside -> new SetAside(aside.getKey().account(), aside.getValue(), "no such character"))
                    .toList();
        }

        @Override
        public void miscount(Ocid target, long by) {
            memory.miscount(target, by);
        }

        @Override
        public Outage refusal(AccountId account) {
            memory.refuse(relation -> relation.account().equals(account));
            return () -> memory.refuse(relation -> false);
        }

        @Override
        public Outage outage() {
            memory.goAway();
            return memory::comeBack;
        }
    }
}
