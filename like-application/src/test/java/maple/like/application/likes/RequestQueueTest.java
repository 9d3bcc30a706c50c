package maple.like.application.likes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import maple.like.application.contract.Workers;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class RequestQueueTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final int LIMIT = 4;

    @AutoClose
    private final Workers workers = new Workers();

    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final Queue<Runnable> timeouts = new ConcurrentLinkedQueue<>();
    private final List<List<Integer>> calls = Collections.synchronizedList(new ArrayList<>());
    private final Queue<CompletableFuture<List<String>>> replies = new ConcurrentLinkedQueue<>();
    private final RequestQueue<Integer, String> queue = queue(questions -> {
        calls.add(questions);
        CompletableFuture<List<String>> reply = new CompletableFuture<>();
        replies.add(reply);
        return reply;
    });

    private static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final boolean sent;

        Failed(boolean sent, Throwable cause) {
            super(cause);
            this.sent = sent;
        }
    }

    private RequestQueue<Integer, String> queue(Function<List<Integer>, CompletionStage<List<String>>> call) {
        return new RequestQueue<>(
                call,
                LIMIT,
                TIMEOUT,
                (delay, task) -> {
                    timeouts.add(task);
                    return () -> timeouts.remove(task);
                },
                nanos::get,
                Failed::new);
    }

    /** Asks the first question, and the others while it is under way. */
    private List<Future<String>> ask(int count) {
        List<Future<String>> asked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int question = i;
            asked.add(workers.begin(() -> {
                threads.add(Thread.currentThread());
                return queue.ask(question);
            }));
            int begun = i + 1;
            await().until(() -> threads.size() == begun
                    && threads.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));
        }
        return asked;
    }

    private void reply() {
        List<Integer> questions = calls.get(calls.size() - 1);
        replies.remove().complete(questions.stream().map(String::valueOf).toList());
    }

    private void timeOut(Duration late) {
        nanos.addAndGet(TIMEOUT.plus(late).toNanos());
        timeouts.remove().run();
    }

    private static Failed assertFails(Future<String> asked, boolean sent) {
        Failed failed = catchThrowableOfType(Failed.class, () -> Workers.resultOf(asked));
        assertThat(failed.sent).isEqualTo(sent);
        return failed;
    }

    @Test
    void questionsThatArriveDuringACallGoTogetherAsTheNextUpToTheLimit() {
        List<Future<String>> asked = ask(7);
        reply();
        reply();
        reply();
        assertThat(calls).containsExactly(List.of(0), List.of(1, 2, 3, 4), List.of(5, 6));
        assertThat(asked.stream().map(Workers::resultOf)).containsExactly("0", "1", "2", "3", "4", "5", "6");
        assertThat(timeouts).isEmpty();
    }

    @Test
    void questionsThatAreAskedTogetherGoInOneCallAndAreNotWaitedFor() {
        List<Supplier<List<String>>> asked = new ArrayList<>();
        for (List<Integer> together : List.of(List.of(0), List.of(1, 2, 3), List.of(4, 5, 6, 7, 8, 9), List.of(10))) {
            asked.add(queue.begin(together));
        }
        reply();
        reply();
        assertThat(asked.get(1).get()).containsExactly("1", "2", "3");
        assertThat(asked.get(2).get()).containsExactly("4", "5", "6", "7", "8", "9");
        assertThat(calls).containsExactly(List.of(0), List.of(1, 2, 3, 4, 5, 6, 7, 8, 9), List.of(10));
    }

    @Test
    void aCallThatTimesOutIsUnconfirmedAndThoseBehindItAreNotSent() {
        List<Future<String>> asked = ask(3);
        timeOut(Duration.ZERO);
        assertFails(asked.get(0), true);
        assertFails(asked.get(1), false);
        assertFails(asked.get(2), false);
        Future<String> later = workers.begin(() -> queue.ask(9));
        await().until(() -> calls.size() == 2);
        replies.remove(); // the lost one
        reply();
        assertThat(Workers.resultOf(later)).isEqualTo("9");
    }

    @Test
    void aReplyAfterTheTimeoutIsIgnored() {
        List<Future<String>> asked = ask(1);
        timeOut(Duration.ZERO);
        reply();
        assertThat(assertFails(asked.get(0), true)).hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void aTimerThatFiresLateLeavesTheReplyOneMoreSlice() {
        List<Future<String>> asked = ask(2);
        timeOut(Duration.ofMinutes(1));
        assertThat(asked).noneMatch(Future::isDone);
        reply();
        assertThat(Workers.resultOf(asked.get(0))).isEqualTo("0");
        timeOut(Duration.ofMinutes(1));
        timeOut(Duration.ofMinutes(1));
        assertFails(asked.get(1), true);
    }

    @Test
    void anExceptionOfTheCallFailsItsQuestionsAndNoOthers() {
        List<Future<String>> asked = ask(2);
        replies.remove().completeExceptionally(new IllegalStateException("refused"));
        assertFails(asked.get(0), true);
        reply();
        assertThat(Workers.resultOf(asked.get(1))).isEqualTo("1");
    }

    @Test
    void aCallThatThrowsOrAReplyThatIsNotOneAnswerForEachQuestionHangsNoCaller() {
        RequestQueue<Integer, String> broken = queue(questions -> {
            throw new StackOverflowError();
        });
        assertThatExceptionOfType(Failed.class)
                .isThrownBy(() -> broken.ask(1))
                .withCauseInstanceOf(StackOverflowError.class);
        assertThat(timeouts).isEmpty();
        Future<String> asked = ask(1).get(0);
        replies.remove().complete(List.of("one", "too many"));
        assertFails(asked, true);
    }

    @Test
    void callsThatCompleteAtOnceDoNotPileUpOnTheStack() {
        RequestQueue<Integer, String> immediate = queue(questions -> CompletableFuture.completedFuture(
                questions.stream().map(String::valueOf).toList()));
        Workers.together(
                8,
                thread -> IntStream.range(0, 5_000)
                        .forEach(i -> assertThat(immediate.ask(i)).isEqualTo(Integer.toString(i))));
    }

    @Test
    void aCallerThatIsInterruptedWithdrawsAQuestionThatWasNotSent() {
        Future<String> withdrawn = ask(2).get(1);
        threads.get(1).interrupt();
        assertFails(withdrawn, false);
        reply();
        assertThat(calls).hasSize(1);
    }
}
