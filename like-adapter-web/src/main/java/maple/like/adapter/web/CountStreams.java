package maple.like.adapter.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import maple.like.adapter.web.StreamMonitor.Reason;
import maple.like.application.LikesUnavailableException;
import maple.like.application.port.in.WatchLikes;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.Ocid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import tools.jackson.databind.json.JsonMapper;

/**
 * The open streams. One thread reads the counts that changed, many in one call, encodes each once for all who watch it, and
 * hands it to their connections, none of which it waits for. Safe for use by any number of threads.
 */
final class CountStreams implements WatchLikes.Watcher, SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(CountStreams.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MOST_READ_TOGETHER = 200;

    /** Streams that are written to before the next counts are read: the last one is to get a count that is still new. */
    private static final int MOST_WRITTEN_TOGETHER = 500;

    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final long LEAST_RETRY_MILLIS = 1_000;
    private static final long MOST_RETRY_MILLIS = 5_000;

    private final WatchLikes likes;
    private final StreamSettings settings;
    private final StreamMonitor monitor;
    private final LongSupplier nanoTime;
    private final LongSupplier random;
    private final Map<Ocid, Topic> topics = new ConcurrentHashMap<>();
    private final DelayQueue<Topic> changed = new DelayQueue<>();
    private final Set<CountStream> streams = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean running;
    private volatile boolean stopping;
    private final Thread thread = new Thread(this::work, "like-streams");

    /**
     * Starts with no stream.
     *
     * @param random after which time clients reconnect
     */
    CountStreams(
            WatchLikes likes,
            StreamSettings settings,
            StreamMonitor monitor,
            LongSupplier nanoTime,
            LongSupplier random) {
        this.nanoTime = nanoTime;
        this.random = random;
        this.likes = likes;
        this.settings = settings;
        this.monitor = monitor;
        thread.setDaemon(true);
        likes.watch(this);
    }

    /**
     * Opens a stream, which is to be connected, or closed.
     *
     * @throws ProblemException if too many are open, none of the names is known, or the instance is stopping
     * @throws LikesUnavailableException if the counts cannot be read
     */
    CountStream open(Set<CharacterName> names) {
        if (stopping) {
            throw new ProblemException(
                    Problem.LIKES_UNAVAILABLE.document("This instance is stopping; retry after the given time."));
        }
        if (open.incrementAndGet() > settings.maxStreams()) {
            open.decrementAndGet();
            monitor.refused();
            throw new ProblemException(Problem.LIKES_UNAVAILABLE.document(
                    "Too many streams are open on this instance; retry after the given time."));
        }
        Runnable undo = open::decrementAndGet;
        try {
            Map<CharacterName, GameCharacter> known = likes.find(names);
            if (known.isEmpty()) {
                throw new ProblemException(Problem.CHARACTER_NOT_FOUND.document());
            }
            CountStream stream = new CountStream(known.size(), head(names, known), monitor, nanoTime);
            List<Watch> watches = new ArrayList<>();
            for (CharacterName name : names) {
                GameCharacter character = known.get(name);
                if (character != null) {
                    watches.add(new Watch(stream, watches.size(), character, name));
                }
            }
            undo = () -> leave(stream, watches);
            watches.forEach(this::join);
            Map<GameCharacter, LikeCount> counts = likes.counts(Set.copyOf(known.values()));
            for (Watch watch : watches) {
                LikeCount count = counts.get(watch.character());
                if (count != null) {
                    stream.begin(watch.index(), count.value(), event(watch.name(), count));
                }
            }
            monitor.opened();
            stream.onClose(undo);
            streams.add(stream);
            if (stopping) {
                stream.close(Reason.STOP);
            }
            return stream;
        } catch (RuntimeException e) {
            undo.run();
            throw e;
        }
    }

    private void join(Watch watch) {
        topics.compute(watch.character().ocid(), (ocid, before) -> {
            Topic topic = before == null ? new Topic(watch.character(), nanoTime) : before;
            topic.watches.add(watch);
            return topic;
        });
    }

    private void leave(CountStream stream, List<Watch> watches) {
        watches.forEach(watch -> topics.computeIfPresent(watch.character().ocid(), (ocid, topic) -> {
            topic.watches.remove(watch);
            return topic.watches.isEmpty() ? null : topic;
        }));
        streams.remove(stream);
        open.decrementAndGet();
    }

    /** After a restart of an instance its clients do not all come at once. */
    private byte[] head(Set<CharacterName> names, Map<CharacterName, GameCharacter> known) {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        long retry = LEAST_RETRY_MILLIS + Math.floorMod(random.getAsLong(), MOST_RETRY_MILLIS - LEAST_RETRY_MILLIS);
        head.writeBytes(("retry: " + retry + "\n\n").getBytes(UTF_8));
        for (CharacterName name : names) {
            if (!known.containsKey(name)) {
                head.writeBytes(("event: unknown\ndata: " + JSON.writeValueAsString(new Unknown(name.value())) + "\n\n")
                        .getBytes(UTF_8));
            }
        }
        return head.toByteArray();
    }

    private static byte[] event(CharacterName name, LikeCount count) {
        return ("event: count\ndata: " + JSON.writeValueAsString(new Counted(name.value(), count.value())) + "\n\n")
                .getBytes(UTF_8);
    }

    private record Counted(String userIgn, long likeCount) {}

    private record Unknown(String userIgn) {}

    @Override
    public void onChange(Ocid ocid) {
        Topic topic = topics.get(ocid);
        if (topic != null) {
            markChanged(topic);
        }
    }

    @Override
    public void onAnyChange() {
        topics.values().forEach(this::markChanged);
    }

    private void markChanged(Topic topic) {
        if (topic.changed.compareAndSet(false, true)) {
            changed.add(topic);
        }
    }

    private void work() {
        long nextTick = nanoTime.getAsLong();
        long nextRecheck = nextTick + settings.recheck().toNanos();
        while (!stopping) {
            try {
                Topic first = changed.poll(Math.max(0, nextTick - nanoTime.getAsLong()), TimeUnit.NANOSECONDS);
                if (first != null) {
                    sendChanged(first);
                }
                if (nextTick - nanoTime.getAsLong() <= 0) {
                    streams.forEach(CountStream::tick);
                    if (!likes.notifies()) {
                        onAnyChange();
                    }
                    nextTick = nanoTime.getAsLong() + TICK.toNanos();
                }
                if (nextRecheck - nanoTime.getAsLong() <= 0) {
                    onAnyChange();
                    nextRecheck = nanoTime.getAsLong() + settings.recheck().toNanos();
                }
            } catch (InterruptedException stopped) {
                return;
            } catch (Throwable e) { // the thread goes on whatever happens
                LOG.error("Counts could not be sent; trying again with the next change", e);
            }
        }
    }

    /** Takes topics that are due, and the streams that are to be written to. A topic that adds none of them costs nothing. */
    private List<Topic> takeDue(Topic first, Set<CountStream> concerned) {
        List<Topic> due = new ArrayList<>();
        Topic next = first;
        while (next != null) {
            due.add(next);
            int before = concerned.size();
            next.watches.forEach(watch -> concerned.add(watch.stream()));
            boolean full = due.size() == MOST_READ_TOGETHER
                    || (concerned.size() > before && concerned.size() >= MOST_WRITTEN_TOGETHER);
            next = full ? null : changed.poll();
        }
        return due;
    }

    private void sendChanged(Topic first) {
        Set<CountStream> concerned = new HashSet<>();
        List<Topic> due = takeDue(first, concerned);
        Map<GameCharacter, Topic> byCharacter = new HashMap<>();
        long next = nanoTime.getAsLong() + settings.pause().toNanos();
        for (Topic topic : due) {
            topic.notBefore = next;
            topic.changed.set(false); // before the count is read: a later change is another one
            byCharacter.put(topic.character, topic);
        }
        try {
            likes.counts(byCharacter.keySet()).forEach((character, count) -> {
                Topic topic = byCharacter.get(character);
                if (topic != null) {
                    topic.offer(count, concerned::add);
                }
            });
            concerned.forEach(CountStream::send);
        } catch (LikesUnavailableException e) {
            LOG.debug("Counts are unavailable; they are read again", e);
            long later = nanoTime.getAsLong() + AFTER_FAILURE.toNanos();
            for (Topic topic : due) {
                topic.notBefore = later;
                markChanged(topic);
            }
        }
    }

    @Override
    public void start() {
        running = true;
        thread.start();
    }

    /** Clients open another stream elsewhere. */
    @Override
    public void stop() {
        stopping = true;
        thread.interrupt();
        List.copyOf(streams).forEach(stream -> stream.close(Reason.STOP));
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Stops first, and so before the web server, which would wait for the streams. */
    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }

    /**
     * A character in a stream.
     *
     * @param name the name that the client gave
     */
    private record Watch(CountStream stream, int index, GameCharacter character, CharacterName name) {}

    /** A character and who watches it. */
    private static final class Topic implements Delayed {
        final GameCharacter character;
        final Set<Watch> watches = ConcurrentHashMap.newKeySet();
        final AtomicBoolean changed = new AtomicBoolean();

        /** Changes only while it is in no queue. */
        volatile long notBefore;

        private final LongSupplier nanoTime;

        Topic(GameCharacter character, LongSupplier nanoTime) {
            this.character = character;
            this.nanoTime = nanoTime;
            this.notBefore = nanoTime.getAsLong();
        }

        /** Nearly always all give it the same name. */
        void offer(LikeCount count, Consumer<CountStream> concerned) {
            Map<CharacterName, byte[]> events = new HashMap<>();
            for (Watch watch : watches) {
                byte[] event = events.computeIfAbsent(watch.name(), name -> event(name, count));
                watch.stream().offer(watch.index(), count.value(), event);
                concerned.accept(watch.stream());
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(notBefore - nanoTime.getAsLong(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(notBefore - ((Topic) other).notBefore, 0);
        }
    }
}
