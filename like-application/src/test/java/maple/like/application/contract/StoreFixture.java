package maple.like.application.contract;

import java.util.List;
import java.util.Set;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.CharacterRegistry;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeLedger;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.Ocid;

/** A store to be tested: two instances of the service on it, and a look behind them. */
public interface StoreFixture {
    /** How the store is divided. */
    LikePartitions PARTITIONS = new LikePartitions(3);

    Instance instance();

    Instance anotherInstance();

    /** What the store holds of a character, read at one moment and past the ports. */
    Stored stored(Ocid target);

    /** How many characters the store has of exactly this name and this OCID. */
    int numberOf(GameCharacter character);

    /** The relations of a target that were set aside. */
    List<SetAside> setAside(Ocid target);

    /** Adds to a count, past the ports, what no row accounts for. */
    void miscount(Ocid target, long by);

    /** Takes the store away until closed. */
    Outage outage();

    /** Makes the store refuse likes of an account until closed. */
    Outage refusal(AccountId account);

    /** The ports of one instance. */
    record Instance(
            LikeLedger ledger, LikeCountStore counts, CharacterDirectory directory, CharacterRegistry registry) {}

    /** The count of a character, and who likes it. */
    record Stored(long likeCount, Set<AccountId> likers) {}

    /** A relation that could not be stored. */
    record SetAside(AccountId account, boolean liked, String reason) {}

    /** Something that the store does not do for a while. */
    interface Outage extends AutoCloseable {
        @Override
        void close();
    }
}
