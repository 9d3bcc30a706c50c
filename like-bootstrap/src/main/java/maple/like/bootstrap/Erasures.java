package maple.like.bootstrap;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import maple.like.application.ErasureUnderWayException;
import maple.like.application.Outage;
import maple.like.application.PrimaryUnavailableException;
import maple.like.application.port.in.EraseAccount;
import maple.like.domain.AccountId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Erases accounts on threads of its own, because it may take longer than a request, and resumes erasures that were
 * interrupted on any instance. Observes each as {@code like.erase}. Neither logs nor metrics name an account.
 */
final class Erasures implements EraseAccount, SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Erasures.class);

    private static final String NAME = "like.erase";

    /** Erasures at a time, and likes that all of them take back at a time: a small part of what Redis serves. */
    private static final int AT_A_TIME = 2;

    private static final int LIKES_AT_A_TIME = 16;

    private static final int MOST_QUEUED = 100;
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(5);

    /** How long the stop waits for the erasure of an account. */
    static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final EraseAccount erasing;
    private final Duration longestRequest;
    private final Operations operations;
    private final Outage interruption;
    private final Ending erased;
    private final Ending interrupted;
    private final Map<AccountId, CompletableFuture<Erased>> underWay = new ConcurrentHashMap<>();
    private final ExecutorService likes = Executors.newFixedThreadPool(LIKES_AT_A_TIME, threads("like-erase-likes-"));
    private final ExecutorService accounts = new ThreadPoolExecutor(
            AT_A_TIME, AT_A_TIME, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_QUEUED), threads("like-erase-"));
    private final ScheduledThreadPoolExecutor looks = new ScheduledThreadPoolExecutor(1, threads("like-erase-look-"));
    private volatile int waiting;
    private volatile boolean running;

    /**
     * Does not look for interrupted erasures yet.
     *
     * @param erasing takes what takes likes back side by side
     * @param longestRequest how long a request waits for its erasure
     */
    Erasures(
            Function<Executor, EraseAccount> erasing,
            Duration longestRequest,
            Operations operations,
            MeterRegistry meters) {
        this.erasing = erasing.apply(likes);
        this.longestRequest = longestRequest;
        this.operations = operations;
        this.interruption = new Outage(meters.config().clock()::monotonicTime);
        this.erased = ending("erased", meters);
        this.interrupted = ending("interrupted", meters);
        Gauge.builder("like.erasures.waiting", this, erasures -> erasures.waiting)
                .description("Accounts to be erased that no instance was working on when this one last looked")
                .register(meters);
    }

    private static CustomizableThreadFactory threads(String prefix) {
        CustomizableThreadFactory threads = new CustomizableThreadFactory(prefix);
        threads.setDaemon(true);
        return threads;
    }

    private static Ending ending(String result, MeterRegistry meters) {
        return Ending.of(Timer.builder(NAME)
                .description("Erasures of accounts, by result; an interrupted one is resumed")
                .tag("result", result)
                .register(meters));
    }

    @Override
    public Erased erase(AccountId account) {
        try {
            return begin(account).get(longestRequest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            throw PrimaryUnavailableException.notSent("Too many accounts are being erased", e);
        } catch (TimeoutException e) {
            throw new ErasureUnderWayException("The erasure takes longer than a request", null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ErasureUnderWayException("The instance stops", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new CompletionException(e.getCause());
        }
    }

    /** Callers that ask for the same account meanwhile wait for the same erasure. */
    private CompletableFuture<Erased> begin(AccountId account) {
        return underWay.computeIfAbsent(account, first -> {
            CompletableFuture<Erased> result = new CompletableFuture<>();
            accounts.execute(() -> {
                try {
                    result.complete(observe(account));
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                } finally {
                    underWay.remove(account);
                }
            });
            return result;
        });
    }

    private Erased observe(AccountId account) {
        try {
            Erased done = operations.observe(NAME, () -> erasing.erase(account), ending -> erased, interrupted);
            interruption.works(NAME);
            LOG.info(
                    "An account was erased{}; likes={}",
                    done.left().isEmpty() ? "" : ", and likes again",
                    done.removed());
            return done;
        } catch (RuntimeException e) {
            if (!accounts.isShutdown() && interruption.fails(NAME, Outage.reason(e))) {
                LOG.warn(
                        "An erasure was interrupted, and is resumed every {} s until it is complete: {}",
                        LOOK_INTERVAL.toSeconds(),
                        Outage.reason(e));
            }
            throw e;
        }
    }

    @Override
    public List<AccountId> interrupted() {
        return erasing.interrupted();
    }

    private void resume() {
        try {
            List<AccountId> found = interrupted();
            waiting = found.size();
            for (AccountId account : found) {
                var unused = begin(account);
            }
        } catch (Throwable e) { // the next look follows
            LOG.debug("Interrupted erasures were not resumed", e);
        }
    }

    @Override
    public void start() {
        running = true;
        var unused = looks.scheduleWithFixedDelay(
                this::resume, LOOK_INTERVAL.toMillis(), LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What is under way ends with its page; another instance, or the next start, resumes it. */
    @Override
    public void stop() {
        running = false;
        looks.shutdownNow();
        accounts.shutdownNow();
        likes.shutdown();
        try {
            if (!accounts.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("An erasure is still under way; another instance or the next start resumes it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Stops after the web server, and before the last flush. */
    @Override
    public int getPhase() {
        return FlushSchedule.PHASE + 2;
    }
}
