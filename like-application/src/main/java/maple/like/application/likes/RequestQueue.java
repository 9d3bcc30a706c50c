package maple.like.application.likes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Groups concurrent questions into calls. One call is under way at a time; questions that arrive meanwhile go together as
 * the next. A question that finds no call under way is sent at once. Questions that are asked together go in one call.
 *
 * <p>Every question ends: its call has a timeout of its own, and neither an exception nor a lost reply can prevent that.
 * Callers therefore park without a timeout, which spares each of them a timer. Safe for use by any number of threads.
 *
 * @param <Q> questions
 * @param <A> answers
 */
public final class RequestQueue<Q, A> {
    private static final int GRACE_PARTS = 5;

    private final Function<List<Q>, CompletionStage<List<A>>> calls;
    private final int limit;
    private final Duration timeout;
    private final Timer timer;
    private final LongSupplier nanoTime;
    private final Failures failures;
    private final Queue<Waiting<Q, A>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Call> underWay = new AtomicReference<>();

    /**
     * Starts empty.
     *
     * @param calls begins a call without waiting; completes with one answer for each question, in their order
     * @param limit questions up to which a call takes more that wait, 1 or more
     * @param timeout how long a call may take
     * @param nanoTime by which a timer that fires late is recognised
     * @param failures what callers are thrown
     */
    public RequestQueue(
            Function<List<Q>, CompletionStage<List<A>>> calls,
            int limit,
            Duration timeout,
            Timer timer,
            LongSupplier nanoTime,
            Failures failures) {
        this.calls = calls;
        this.limit = limit;
        this.timeout = timeout;
        this.timer = timer;
        this.nanoTime = nanoTime;
        this.failures = failures;
    }

    /** Runs tasks later. The thread that it uses must not be kept waiting. */
    @FunctionalInterface
    public interface Timer {
        /**
         * Schedules a task once.
         *
         * @return cancels the task
         */
        Runnable after(Duration delay, Runnable task);
    }

    /** Makes the exception that a caller is thrown. */
    @FunctionalInterface
    public interface Failures {
        /**
         * Called on the thread of the caller.
         *
         * @param sent whether the call may have been carried out
         * @param cause what the call completed with, a {@link TimeoutException} where it did not complete in time, or the
         *     {@link InterruptedException} of the caller
         */
        RuntimeException of(boolean sent, Throwable cause);
    }

    /**
     * Asks, and waits for the answer. Where a call times out, the questions behind it fail at once, as not sent.
     *
     * @throws RuntimeException made by {@link Failures}
     */
    public A ask(Q question) {
        return begin(List.of(question)).get().get(0);
    }

    /**
     * Asks several questions in one call, without waiting for it.
     *
     * @return waits for the answers, in the order of the questions; throws what {@link Failures} makes
     */
    public Supplier<List<A>> begin(List<Q> questions) {
        Waiting<Q, A> mine = new Waiting<>(questions);
        waiting.add(mine);
        sendNext();
        return () -> await(mine);
    }

    private List<A> await(Waiting<Q, A> mine) {
        try {
            return mine.get();
        } catch (ExecutionException e) {
            throw failures.of(mine.sent, e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            mine.cancel(false);
            Thread.currentThread().interrupt();
            throw failures.of(mine.sent, e);
        }
    }

    private void sendNext() {
        while (!waiting.isEmpty()) {
            Call call = new Call();
            if (!underWay.compareAndSet(null, call)) {
                return; // that call sends the next when it ends
            }
            call.send();
        }
    }

    /** Questions and the answers to come. */
    private static final class Waiting<Q, A> extends CompletableFuture<List<A>> {
        final List<Q> questions;
        volatile boolean sent;

        Waiting(List<Q> questions) {
            this.questions = questions;
        }
    }

    private final class Call {
        private final List<Waiting<Q, A>> asked = new ArrayList<>();
        private int count;
        private volatile @Nullable Thread sender;
        private volatile Runnable cancelTimeout = () -> {};
        private volatile long deadline;

        void send() {
            take();
            if (asked.isEmpty()) {
                underWay.set(null);
                return;
            }
            sender = Thread.currentThread();
            try {
                startTimeout(timeout, true);
                List<Q> questions = new ArrayList<>(count);
                asked.forEach(each -> questions.addAll(each.questions));
                CompletionStage<List<A>> answers = calls.apply(questions);
                var unused = answers.whenComplete(this::end);
            } catch (Throwable e) { // also an Error: nothing else ends these questions
                end(null, e);
            } finally {
                sender = null;
            }
        }

        /** Marked as sent before it is looked at: a caller that withdraws a question and finds no mark knows the truth. */
        private void take() {
            Waiting<Q, A> next;
            while (count < limit && (next = waiting.poll()) != null) {
                next.sent = true;
                if (!next.isDone()) {
                    asked.add(next);
                    count += next.questions.size();
                }
            }
        }

        private void startTimeout(Duration delay, boolean extensible) {
            deadline = nanoTime.getAsLong() + delay.toNanos();
            cancelTimeout = timer.after(delay, () -> timedOut(extensible));
        }

        /** A timer that fires late suggests that this process was paused, and that the answer is there unread. */
        private void timedOut(boolean extensible) {
            boolean late = nanoTime.getAsLong() - deadline > timeout.toNanos() / 2;
            if (extensible && late && underWay.get() == this) {
                try {
                    startTimeout(timeout.dividedBy(GRACE_PARTS), false);
                    return;
                } catch (RuntimeException closed) {
                    // ends now
                }
            }
            TimeoutException failure = new TimeoutException("No answer within " + timeout);
            if (underWay.get() == this) {
                Waiting<Q, A> behind;
                while ((behind = waiting.poll()) != null) {
                    behind.completeExceptionally(failure);
                }
            }
            end(null, failure);
        }

        /** Only the first end counts. The next call goes out before these callers wake up. */
        private void end(@Nullable List<A> answers, @Nullable Throwable failure) {
            if (!underWay.compareAndSet(this, null)) {
                return;
            }
            try {
                if (sender != Thread.currentThread()) { // else sendNext() goes on in its loop
                    sendNext();
                }
            } finally {
                deliver(answers, failure);
                cancelTimeout.run();
            }
        }

        private void deliver(@Nullable List<A> answers, @Nullable Throwable failure) {
            if (failure == null && answers != null && answers.size() == count) {
                int next = 0;
                for (Waiting<Q, A> each : asked) {
                    int first = next;
                    next += each.questions.size();
                    each.complete(answers.subList(first, next));
                }
                return;
            }
            Throwable cause = failure == null
                    ? new IllegalStateException("Not the " + count + " answers asked for: " + answers)
                    : failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure;
            asked.forEach(each -> each.completeExceptionally(cause));
        }
    }
}
