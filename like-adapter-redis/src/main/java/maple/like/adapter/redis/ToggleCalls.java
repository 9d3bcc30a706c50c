package maple.like.adapter.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import maple.like.application.KeyUse;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/** Calls {@code toggle.lua} with the questions of one partition. Safe for use by any number of threads. */
final class ToggleCalls {
    /**
     * Questions up to which a call takes more that wait, so that Redis is never kept from others for long: about a
     * millisecond, the questions of one batch read included.
     */
    static final int LIMIT = 64;

    static final String NAME = "toggle";

    private static final LuaScript TOGGLE = LuaScript.named(NAME);

    private static final int ARGUMENTS = 2;
    private static final int REPLIES_PER_QUESTION = 3;

    private static final int REFUSED = -1;
    private static final int NEEDS_STORED = 0;
    private static final int LIKED_AS_BEFORE = 2;
    private static final int UNLIKED_NOW = 3;
    private static final int LIKED_NOW = 4;
    private static final int REPEATED_UNLIKED = 5;
    private static final int REPEATED_LIKED = 6;
    private static final int KEY_REUSED = 7;

    private final RedisConnection redis;
    private final ScriptKeys keys;
    private final String countTtl;
    private final int replicas;
    private final long replicationMillis;

    ToggleCalls(RedisConnection redis, ScriptKeys keys, RedisSettings settings) {
        this.redis = redis;
        this.keys = keys;
        this.countTtl = Long.toString(settings.countTtl().toSeconds());
        this.replicas = settings.replicas();
        this.replicationMillis = settings.replicationTimeout().toMillis();
    }

    /**
     * What the script is asked.
     *
     * @param relation none to read the total alone
     * @param name what the total is counted under
     * @param wanted as the script calls it
     * @param stored what the database holds, as the script takes it; null for nothing. With a key, the database does not
     *     hold its answer
     * @param use the idempotency key of a change that has one
     */
    record Question(
            @Nullable RelationKey relation,
            CharacterName name,
            char wanted,
            @Nullable String stored,
            @Nullable KeyUse use) {
        static final char READ = 'r';

        Question(@Nullable RelationKey relation, CharacterName name, @Nullable String stored) {
            this(relation, name, READ, stored, null);
        }

        static char wanted(LikeIntent intent) {
            return switch (intent) {
                case TOGGLE -> 't';
                case LIKE -> 'l';
                case UNLIKE -> 'u';
            };
        }

        /** Which details follow, as the script calls it. */
        char details() {
            if (use == null) {
                return stored == null ? '-' : 's';
            }
            return stored == null ? 'k' : 'b';
        }

        boolean isOfRelation() {
            return relation != null;
        }
    }

    /**
     * What the script replies.
     *
     * @param state as the script numbers it
     * @param confirmed how many replicas have it; null where that was not asked, or is unknown
     * @param refusal why this question was refused, if it was
     */
    record Reply(
            int state,
            long delta,
            long total,
            @Nullable Long confirmed,
            @Nullable RedisCommandExecutionException refusal) {
        /** False where it needs what the database holds. */
        boolean answered() {
            return state != NEEDS_STORED;
        }

        boolean changed() {
            return state == UNLIKED_NOW || state == LIKED_NOW;
        }

        boolean repeated() {
            return state == REPEATED_UNLIKED || state == REPEATED_LIKED;
        }

        boolean keyReused() {
            return state == KEY_REUSED;
        }

        LikeStatus status() {
            boolean liked = state == LIKED_AS_BEFORE || state == LIKED_NOW || state == REPEATED_LIKED;
            return new LikeStatus(liked, new LikeCount(total));
        }
    }

    /** Calls the script without waiting. */
    CompletionStage<List<Reply>> call(List<Question> questions) {
        return redis.send(commands -> call(commands, questions));
    }

    private CompletionStage<List<Reply>> call(
            RedisClusterAsyncCommands<String, String> commands, List<Question> questions) {
        CompletionStage<ScriptReply> replies = TOGGLE.run(commands, scriptKeys(questions), arguments(questions));
        if (replicas == 0 || questions.stream().noneMatch(Question::isOfRelation)) {
            return replies.thenApply(reply -> replies(questions.size(), reply, null));
        }
        return replies.thenCompose(reply ->
                confirmed(commands).handle((confirmed, failure) -> replies(questions.size(), reply, confirmed)));
    }

    /**
     * How many replicas have what the script found and left. What it found may be the write of another connection, and Valkey
     * waits for the writes of this one alone, so a write comes first.
     */
    private CompletionStage<Long> confirmed(RedisClusterAsyncCommands<String, String> commands) {
        CompletionStage<String> mark = commands.set(keys.names().replicated(), "");
        CompletionStage<Long> confirmed = commands.waitForReplication(replicas, replicationMillis);
        return mark.thenCombine(confirmed, (ok, count) -> count);
    }

    private String[] scriptKeys(List<Question> questions) {
        List<CharacterName> names = new ArrayList<>(questions.size());
        List<String> answers = new ArrayList<>();
        for (Question question : questions) {
            names.add(question.name());
            if (question.use() != null && question.relation() != null) {
                answers.add(keys.names()
                        .answer(question.relation().account(), question.use().key()));
            }
        }
        return keys.with(names, answers);
    }

    private String[] arguments(List<Question> questions) {
        StringBuilder kinds = new StringBuilder(2 * questions.size());
        List<String> all = new ArrayList<>(ARGUMENTS + questions.size());
        List<String> details = new ArrayList<>();
        all.add(countTtl);
        all.add("");
        for (Question question : questions) {
            kinds.append(question.wanted()).append(question.details());
            all.add(question.relation() == null ? "" : question.relation().value());
            if (question.stored() != null) {
                details.add(question.stored());
            }
            if (question.use() != null) {
                details.add(text(question.use()));
            }
        }
        all.set(1, kinds.toString());
        all.addAll(details);
        return all.toArray(String[]::new);
    }

    private static String text(KeyUse use) {
        return String.join(
                " ",
                Long.toString(use.usedAt().toEpochMilli()),
                Long.toString(use.expiresAt().toEpochMilli()),
                use.key().value());
    }

    private static List<Reply> replies(int count, ScriptReply reply, @Nullable Long confirmed) {
        List<Reply> replies = new ArrayList<>(count);
        for (int first = 0; first < REPLIES_PER_QUESTION * count; first += REPLIES_PER_QUESTION) {
            int state = (int) reply.number(first);
            replies.add(
                    state == REFUSED
                            ? new Reply(state, 0, 0, null, new RedisCommandExecutionException(reply.text(first + 2)))
                            : new Reply(state, reply.number(first + 1), reply.number(first + 2), confirmed, null));
        }
        return replies;
    }
}
