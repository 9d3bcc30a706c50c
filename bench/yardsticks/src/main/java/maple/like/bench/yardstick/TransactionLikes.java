package maple.like.bench.yardstick;

import java.util.Objects;
import java.util.Optional;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.ToggleLike;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Liker;
import maple.like.domain.Ocid;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** What teams write first: the database decides each toggle in a transaction of its own. */
final class TransactionLikes implements ToggleLike, ReadLikes {
    private static final String DELETE = "delete from character_like where target_ocid = ? and liker_account_id = ?";
    private static final String INSERT = """
            insert into character_like (target_ocid, liker_account_id, created_at) values (?, ?, now())
                on conflict do nothing
            """;
    private static final String COUNT_UP =
            "update game_character set like_count = like_count + ? where user_ign = ? returning like_count";
    private static final String EXISTS =
            "select exists (select 1 from character_like where target_ocid = ? and liker_account_id = ?)";
    private static final String COUNT = "select like_count from game_character where user_ign = ?";

    private final Characters characters;
    private final JdbcTemplate database;
    private final TransactionTemplate transactions;

    TransactionLikes(Characters characters, JdbcTemplate database, TransactionTemplate transactions) {
        this.characters = characters;
        this.database = database;
        this.transactions = transactions;
    }

    /** Toggles alone are measured. */
    @Override
    public Result apply(Liker liker, CharacterName name, LikeIntent intent) {
        Optional<Ocid> target = characters.find(name);
        if (target.isEmpty()) {
            return new Result.NoSuchCharacter();
        }
        if (!liker.mayLike(target.get())) {
            return new Result.SelfLike();
        }
        return new Result.Done(Objects.requireNonNull(
                transactions.execute(status -> toggle(liker.account().value(), target.get(), name))));
    }

    private LikeStatus toggle(String account, Ocid target, CharacterName name) {
        if (database.update(DELETE, target.value(), account) > 0) {
            return new LikeStatus(false, countUp(-1, name));
        }
        int inserted = database.update(INSERT, target.value(), account);
        return new LikeStatus(true, inserted > 0 ? countUp(1, name) : stored(name));
    }

    private LikeCount countUp(int change, CharacterName name) {
        return new LikeCount(
                Objects.requireNonNull(database.queryForObject(COUNT_UP, Long.class, change, name.value())));
    }

    private LikeCount stored(CharacterName name) {
        return new LikeCount(Objects.requireNonNull(database.queryForObject(COUNT, Long.class, name.value())));
    }

    @Override
    public Optional<LikeStatus> status(AccountId account, CharacterName name) {
        return characters
                .find(name)
                .map(target -> new LikeStatus(
                        Objects.requireNonNull(
                                database.queryForObject(EXISTS, Boolean.class, target.value(), account.value())),
                        stored(name)));
    }

    @Override
    public Optional<LikeCount> count(CharacterName name) {
        return characters.find(name).map(target -> stored(name));
    }
}
