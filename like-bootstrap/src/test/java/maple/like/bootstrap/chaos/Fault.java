package maple.like.bootstrap.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Something that was broken, from when to when. */
final class Fault {
    /** A request that its client gave up ends within this time, unless a fault delays it. */
    private static final long LONGEST_REQUEST_NANOS = TimeUnit.SECONDS.toNanos(5);

    final Kind kind;

    /** The number of the instance that it concerns; -1 if it concerns all. */
    final int instance;

    final long begun;

    /** When it was mended. */
    volatile long mended = Long.MAX_VALUE;

    Fault(Kind kind, int instance, long begun) {
        this.kind = kind;
        this.instance = instance;
        this.begun = begun;
    }

    /** What only one fault at a time concerns. */
    enum Target {
        INSTANCE,
        REDIS,
        DATABASE
    }

    enum Kind {
        INSTANCE_KILL(Target.INSTANCE, 1),
        INSTANCE_PAUSE(Target.INSTANCE, 1),
        INSTANCE_STOP(Target.INSTANCE, 1),
        REDIS_KILL(Target.REDIS, 1),
        REDIS_PAUSE(Target.REDIS, 1),
        /** A pause that lasts about as long as the timeouts. */
        REDIS_STALL(Target.REDIS, 4),
        /** Redis is killed and starts without its data. */
        REDIS_EMPTY(Target.REDIS, 1),
        /** All keys are deleted. */
        REDIS_FLUSH(Target.REDIS, 1),
        /** The connection of one instance breaks. */
        REDIS_DROP(Target.REDIS, 1),
        /** All connections lose requests and replies, without closing. */
        REDIS_DEAD(Target.REDIS, 1),
        /** All connections lose replies. */
        REDIS_DEAD_REPLIES(Target.REDIS, 1),
        /** Those of one instance do, while new ones work: it may not fail over, as nothing would show the others that. */
        REDIS_DEAD_ONE(Target.REDIS, 1),
        /** Redis becomes a replica and is promoted again. */
        REDIS_READ_ONLY(Target.REDIS, 1),
        /** Redis refuses what needs memory, and evicts nothing. */
        REDIS_FULL(Target.REDIS, 1),
        DATABASE_DOWN(Target.DATABASE, 1),
        DATABASE_STALL(Target.DATABASE, 1),
        DATABASE_READ_ONLY(Target.DATABASE, 1),
        /** A character is renamed by hand, keeping its name as an alias, and rows that are not valid are inserted. */
        DATABASE_EDITED(Target.DATABASE, 1),
        /** What it commits meanwhile is lost, while Redis is spared. */
        DATABASE_LOST_COMMITS(Target.DATABASE, 1);

        final Target target;
        private final int weight;

        /** @param weight how often it is drawn */
        Kind(Target target, int weight) {
            this.target = target;
            this.weight = weight;
        }

        boolean ofOneInstance() {
            return target == Target.INSTANCE || this == REDIS_DROP || this == REDIS_DEAD_ONE;
        }

        /** Whether a command that an instance has sent may be carried out when the fault is mended. */
        boolean delays() {
            return switch (this) {
                case INSTANCE_PAUSE, REDIS_PAUSE, REDIS_STALL, DATABASE_STALL -> true;
                default -> false;
            };
        }

        /** Whether a command may have been carried out whose reply was late, or lost with its connection. */
        boolean losesReplies() {
            return switch (this) {
                case REDIS_DROP, REDIS_DEAD, REDIS_DEAD_REPLIES, REDIS_DEAD_ONE -> true;
                case REDIS_KILL, REDIS_PAUSE, REDIS_STALL, INSTANCE_PAUSE -> true;
                default -> false;
            };
        }

        /** How long dead connections may be in use after new ones work: until the instance has noticed and replaced them. */
        long replacedAfterNanos() {
            return switch (this) {
                case REDIS_DEAD, REDIS_DEAD_REPLIES, REDIS_DEAD_ONE -> LONGEST_REQUEST_NANOS;
                default -> 0;
            };
        }

        /** @param names such as {@code redis-kill,redis-pause}; all that are drawn by default if empty */
        static List<Kind> named(String names) {
            List<Kind> kinds = new ArrayList<>();
            Set<String> named = Set.of(names.split(","));
            for (Kind kind : values()) {
                int times = names.isEmpty() ? kind.weight : named.contains(kind.toString()) ? 1 : 0;
                kinds.addAll(Collections.nCopies(times, kind));
            }
            if (kinds.isEmpty()) {
                throw new IllegalArgumentException("No fault is named " + names + ": " + Arrays.toString(values()));
            }
            return kinds;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** When an operation without an answer can no longer happen, given the faults in the order in which they began. */
    static long settled(Operation operation, List<Fault> faults) {
        long settled = operation.completed() + LONGEST_REQUEST_NANOS;
        for (Fault fault : faults) {
            if (fault.kind.delays()
                    && (fault.instance < 0 || fault.instance == operation.instance())
                    && fault.begun <= settled
                    && fault.mended >= operation.completed()) {
                settled = Math.max(settled, fault.mended + LONGEST_REQUEST_NANOS);
            }
        }
        return settled;
    }

    /** Whether a reply to its instance may have been late or lost while an operation was in progress, given the faults. */
    static boolean mayHaveBeenRepeated(Operation operation, List<Fault> faults) {
        return faults.stream()
                .anyMatch(fault -> fault.kind.losesReplies()
                        && (fault.instance < 0 || fault.instance == operation.instance())
                        && fault.begun <= operation.completed()
                        && fault.mended >= operation.invoked() - fault.kind.replacedAfterNanos());
    }

    @Override
    public String toString() {
        return Operation.seconds(begun) + " to " + (mended == Long.MAX_VALUE ? "…" : Operation.seconds(mended)) + "  "
                + kind + (instance < 0 ? "" : " " + instance);
    }
}
