package maple.like.bench.yardstick;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import maple.like.application.Decider;
import maple.like.application.KeyUse;
import maple.like.application.port.out.LikeToggle;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** The usual first version: one database transaction per toggle. */
final class TransactionLikes implements LikeToggle {
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

    private final JdbcTemplate database;
    private final TransactionTemplate transactions;

    TransactionLikes(JdbcTemplate database, TransactionTemplate transactions) {
        this.database = database;
        this.transactions = transactions;
    }

    /** Toggles whatever the intent: the benchmark sends nothing else. */
    @Override
    public Optional<Outcome> apply(
            AccountId account, GameCharacter character, LikeIntent intent, @Nullable KeyUse use) {
        LikeStatus status = requireNonNull(transactions.execute(transaction -> toggle(account.value(), character)));
        return Optional.of(new Outcome(status, true, 0, Decider.DATABASE));
    }

    private LikeStatus toggle(String account, GameCharacter character) {
        CharacterName name = character.name();
        if (database.update(DELETE, character.ocid().value(), account) > 0) {
            return new LikeStatus(false, countUp(-1, name));
        }
        int inserted = database.update(INSERT, character.ocid().value(), account);
        return new LikeStatus(true, inserted > 0 ? countUp(1, name) : stored(name));
    }

    private LikeCount countUp(int change, CharacterName name) {
        return new LikeCount(requireNonNull(database.queryForObject(COUNT_UP, Long.class, change, name.value())));
    }

    private LikeCount stored(CharacterName name) {
        return new LikeCount(requireNonNull(database.queryForObject(COUNT, Long.class, name.value())));
    }

    @Override
    public Optional<LikeStatus> status(AccountId account, GameCharacter character) {
        boolean liked = requireNonNull(
                database.queryForObject(EXISTS, Boolean.class, character.ocid().value(), account.value()));
        return Optional.of(new LikeStatus(liked, stored(character.name())));
    }

    @Override
    public Optional<LikeCount> count(GameCharacter character) {
        return Optional.of(stored(character.name()));
    }

    @Override
    public Map<Relation, LikeStatus> statuses(Collection<Relation> relations) {
        Map<Relation, LikeStatus> statuses = new HashMap<>();
        relations.forEach(
                each -> status(each.account(), each.character()).ifPresent(status -> statuses.put(each, status)));
        return statuses;
    }

    @Override
    public Map<GameCharacter, LikeCount> counts(Collection<GameCharacter> characters) {
        Map<GameCharacter, LikeCount> totals = new HashMap<>();
        characters.forEach(each -> count(each).ifPresent(count -> totals.put(each, count)));
        return totals;
    }
}
