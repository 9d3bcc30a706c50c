package maple.like.adapter.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import maple.like.application.BufferUnavailableException;
import maple.like.application.LikeUnconfirmedException;
import maple.like.domain.CharacterName;
import maple.like.domain.RelationKey;
import org.jspecify.annotations.Nullable;

/**
 * Asks {@code toggle.lua} about one partition. One call is under way at a time, and the questions that come meanwhile go
 * together as the next. Safe for use by any number of threads.
 */
final class ToggleQueue {
    private static final LuaScript TOGGLE = LuaScript.named("toggle");
    private static final String NOTHING = "";

    /** So that Redis is never kept from others for long: less than a millisecond. */
    private static final int LIMIT = 64;

    private static final int KEYS = 7;
    private static final int ARGUMENTS = 1;
    private static final int ARGUMENTS_PER_QUESTION = 4;
    private static final int ANSWERS_PER_QUESTION = 3;

    private static final int REFUSED = -1;
    private static final int ASKS = 0;
    private static final int LIKED_AS_BEFORE = 2;
    private static final int UNLIKED_NOW = 3;
    private static final int LIKED_NOW = 4;

    private final RedisCalls redis;
    private final LikeKeys keys;
    private final String countTtl;
    private final int replicas;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Call> underWay = new AtomicReference<>();
    private long lastWatch;

    /**
     * Asks nothing yet.
     *
     * @param countTtl how long a total is kept, in seconds
     * @param replicas how many must have a change before it is acknowledged
     */
    ToggleQueue(RedisCalls redis, LikeKeys keys, String countTtl, int replicas) {
        this.redis = redis;
        this.keys = keys;
        this.countTtl = countTtl;
        this.replicas = replicas;
        this.lastWatch = redis.time();
    }

    /**
     * What the script is asked.
     *
     * @param relation none to read the total alone
     * @param name what the total is counted under
     * @param wanted as the script calls it
     * @param offer what the database holds, as the script takes it; empty for nothing
     */
    record Question(@Nullable RelationKey relation, CharacterName name, String wanted, String offer) {
        static final String READ = "read";
        static final String NO_OFFER = NOTHING;
    }

    /** What the script answers. Where it is not answered, the script asks for what the database holds. */
    record Reply(boolean answered, boolean liked, boolean changed, long delta, long total) {}

    /**
     * Gives up a call that Redis leaves without an answer, and with it who waits behind it: they are better served by
     * somebody else, and who comes next may find Redis back. To be called every {@link RedisCalls#slice}; without it,
     * silence keeps everybody waiting.
     */
    synchronized void watch() {
        long now = redis.time();
        boolean paused = now - lastWatch > 3 * redis.slice(); // all of this process: the answer may be there unread
        lastWatch = now;
        Call call = underWay.get();
        if (call != null && call.isSilent(now, paused)) {
            call.giveUp();
        }
    }

    /**
     * Waits for the answer.
     *
     * @throws BufferUnavailableException if there is none; says so where the question was never sent
     * @throws LikeUnconfirmedException if fewer replicas have the change than were asked for
     */
    Reply ask(Question question) {
        try {
            return ask(new Waiting(question, false));
        } catch (RedisNoScriptException unknown) {
            return ask(new Waiting(question, true));
        }
    }

    private Reply ask(Waiting mine) {
        Delivery delivery;
        try {
            delivery = redis.callEndedInTime(TOGGLE.toString(), connected -> add(mine));
        } catch (BufferUnavailableException e) {
            throw mine.sent ? e : BufferUnavailableException.unasked(String.valueOf(e.getMessage()), e);
        }
        if (delivery.confirmation() != null && delivery.reply().answered() && !mine.isRead()) {
            requireConfirmed(delivery.confirmation());
        }
        return delivery.reply();
    }

    private void requireConfirmed(Future<Long> confirmation) {
        long copies;
        try {
            copies = redis.call("WAIT", connected -> confirmation);
        } catch (BufferUnavailableException e) {
            throw new LikeUnconfirmedException("Nobody said how many replicas have the change", e);
        }
        if (copies < replicas) {
            throw new LikeUnconfirmedException(copies + " of " + replicas + " replicas have the change", null);
        }
    }

    private Waiting add(Waiting question) {
        waiting.add(question);
        sendNext();
        return question;
    }

    private void sendNext() {
        while (!waiting.isEmpty()) {
            Call call = new Call();
            if (!underWay.compareAndSet(null, call)) {
                return; // it sends the next when it is done
            }
            call.send();
        }
    }

    /** A question, and the answer to come. */
    private static final class Waiting extends CompletableFuture<Delivery> {
        final Question question;
        final boolean whole;
        volatile boolean sent;

        /** @param whole because Redis does not know the script */
        Waiting(Question question, boolean whole) {
            this.question = question;
            this.whole = whole;
        }

        boolean isRead() {
            return question.wanted().equals(Question.READ);
        }
    }

    /** @param confirmation how many replicas have it, if that was asked for */
    private record Delivery(Reply reply, @Nullable Future<Long> confirmation) {}

    private final class Call {
        final long begun = redis.time();
        private final List<Waiting> questions = new ArrayList<>();
        private volatile @Nullable Future<?> last;
        private int silentSlices;

        /** Only for {@link #watch}. */
        boolean isSilent(long now, boolean paused) {
            silentSlices = paused ? 0 : silentSlices + 1;
            return silentSlices >= RedisCalls.SLICES
                    && now - begun > redis.patience().toNanos();
        }

        void send() {
            take();
            if (questions.isEmpty()) {
                done();
            } else {
                sendQuestions();
            }
        }

        /** Marked before it is looked at: who gives up a question and then finds no mark knows that it was not sent. */
        private void take() {
            Waiting next;
            while (questions.size() < LIMIT && (next = waiting.poll()) != null) {
                next.sent = true;
                if (!next.isDone()) {
                    questions.add(next);
                }
            }
        }

        private void sendQuestions() {
            RedisClusterAsyncCommands<String, String> connected;
            try {
                connected = redis.connected();
            } catch (RedisException none) {
                fail(() -> BufferUnavailableException.unasked("Redis could not be asked for " + TOGGLE, none));
                done();
                return;
            }
            boolean whole = questions.stream().anyMatch(question -> question.whole);
            RedisFuture<List<Object>> answers;
            RedisFuture<Long> copies;
            try {
                answers = TOGGLE.start(connected, whole, scriptKeys(), arguments());
                // Through the same connection: it is that connection's writes that Redis waits for.
                copies = replicas == 0 || questions.stream().allMatch(Waiting::isRead)
                        ? null
                        : connected.waitForReplication(
                                replicas, redis.patience().toMillis() / 2);
            } catch (RedisException mayHaveRun) {
                fail(() -> mayHaveRun);
                done();
                return;
            }
            last = copies == null ? answers : copies;
            var unused = answers.whenComplete((given, failure) -> {
                if (copies == null) {
                    done();
                }
                if (failure == null) {
                    deliver(given, copies);
                } else {
                    fail(() -> failure);
                }
            });
            if (copies != null) {
                var unusedToo = copies.whenComplete((count, failure) -> done());
            }
        }

        private String[] scriptKeys() {
            String[] all = new String[KEYS + questions.size() + 1];
            all[0] = keys.relations;
            all[1] = keys.pending;
            all[2] = keys.unliked;
            all[3] = keys.buffer;
            all[4] = keys.batch;
            all[5] = keys.generation;
            all[6] = keys.complete;
            for (int i = 0; i < questions.size(); i++) {
                all[KEYS + i] = keys.count(questions.get(i).question.name());
            }
            all[KEYS + questions.size()] = keys.absent;
            return all;
        }

        private String[] arguments() {
            String[] all = new String[ARGUMENTS + ARGUMENTS_PER_QUESTION * questions.size()];
            all[0] = countTtl;
            int next = ARGUMENTS;
            for (Waiting each : questions) {
                Question question = each.question;
                all[next++] = question.relation() == null
                        ? NOTHING
                        : question.relation().value();
                all[next++] = question.name().value();
                all[next++] = question.wanted();
                all[next++] = question.offer();
            }
            return all;
        }

        private void deliver(List<Object> answers, @Nullable Future<Long> copies) {
            for (int i = 0; i < questions.size(); i++) {
                int first = ANSWERS_PER_QUESTION * i;
                int state = ((Long) answers.get(first)).intValue();
                if (state == REFUSED) {
                    questions.get(i).completeExceptionally(new RedisCommandExecutionException((String)
                            answers.get(first + 2)));
                } else {
                    Reply reply = new Reply(
                            state != ASKS,
                            state == LIKED_AS_BEFORE || state == LIKED_NOW,
                            state == UNLIKED_NOW || state == LIKED_NOW,
                            (Long) answers.get(first + 1),
                            (Long) answers.get(first + 2));
                    questions.get(i).complete(new Delivery(reply, copies));
                }
            }
        }

        private void fail(Supplier<Throwable> failure) {
            questions.forEach(question -> question.completeExceptionally(failure.get()));
        }

        private void done() {
            if (underWay.compareAndSet(this, null)) {
                sendNext();
            }
        }

        void giveUp() {
            fail(() -> new BufferUnavailableException("Redis did not answer " + TOGGLE + " in time", null));
            Waiting unsent;
            while ((unsent = waiting.poll()) != null) {
                unsent.completeExceptionally(
                        BufferUnavailableException.unasked("Redis is silent: " + TOGGLE + " was not sent", null));
            }
            Future<?> silent = last;
            if (silent != null) {
                silent.cancel(true);
            }
            done();
        }
    }
}
