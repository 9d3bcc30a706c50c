package maple.like.application.contract;

import java.util.List;
import java.util.Set;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.CharacterRanking;
import maple.like.application.port.out.CharacterRegistry;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeLedger;
import maple.like.application.port.out.LikeLists;
import maple.like.domain.AccountId;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;

/** A database under test: two instances of the service on it, and a view past the ports. Tests share it. */
public interface DatabaseFixture {
    /** How the database is divided. */
    LikePartitions PARTITIONS = new LikePartitions(3);

    Instance instance();

    Instance anotherInstance();

    /** The count and the rows of a character, read at one moment. */
    Stored stored(Ocid target);

    /** How many characters have exactly this name and this OCID. */
    int numberOf(GameCharacter character);

    /** The dead letters of a target. */
    List<DeadLetter> deadLetters(Ocid target);

    /** Adds to a count what no row accounts for. */
    void miscount(Ocid target, long by);

    /** Makes the database unavailable until closed. */
    Fault outage();

    /** Makes the database reject likes of an account until closed. */
    Fault rejecting(AccountId account);

    /** The ports of one instance. */
    record Instance(
            LikeLedger ledger,
            LikeCountStore counts,
            CharacterRanking ranking,
            LikeLists lists,
            CharacterDirectory directory,
            CharacterRegistry registry) {}

    /** The count of a character, and the accounts of its rows. */
    record Stored(long likeCount, Set<AccountId> likers) {}

    /** A change that could not be stored. */
    record DeadLetter(AccountId account, boolean liked, String reason) {}

    /** A fault that lasts until it is closed. */
    interface Fault extends AutoCloseable {
        @Override
        void close();
    }
}
