package maple.like.bootstrap.chaos;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Something that was broken, from when to when. */
final class Fault {
    final Kind kind;
    final int instance;
    final String what;
    final long begun;
    volatile long lifted = Long.MAX_VALUE;

    /** When the instance answered again; of other faults, when they were lifted. */
    volatile long over = Long.MAX_VALUE;

    /** @param instance whose fault it is; -1 if it is everybody's */
    Fault(Kind kind, int instance, String what, long begun) {
        this.kind = kind;
        this.instance = instance;
        this.what = what;
        this.begun = begun;
    }

    enum Kind {
        INSTANCE_KILL,
        INSTANCE_PAUSE,
        INSTANCE_STOP,
        REDIS_KILL,
        REDIS_PAUSE,
        REDIS_EMPTY,
        REDIS_DROP,
        DATABASE_AWAY,
        DATABASE_STALL;

        /** Whether an instance may have asked the database in place of Redis. */
        boolean troublesRedis() {
            return EnumSet.of(INSTANCE_PAUSE, REDIS_KILL, REDIS_PAUSE, REDIS_EMPTY, REDIS_DROP)
                    .contains(this);
        }

        /** Whether what a client gave up may be done much later. */
        boolean delays() {
            return EnumSet.of(INSTANCE_PAUSE, REDIS_PAUSE, DATABASE_STALL).contains(this);
        }

        /** Whether it is over only when the instance answers again. */
        boolean endsWhenReady() {
            return EnumSet.of(INSTANCE_KILL, INSTANCE_PAUSE, INSTANCE_STOP).contains(this);
        }

        /** @param names such as {@code redis-kill,redis-pause}; all if empty */
        static Set<Kind> named(String names) {
            if (names.isBlank()) {
                return EnumSet.allOf(Kind.class);
            }
            Set<Kind> kinds = EnumSet.noneOf(Kind.class);
            for (String name : names.split(",")) {
                kinds.add(valueOf(name.strip().toUpperCase(Locale.ROOT).replace('-', '_')));
            }
            return kinds;
        }
    }

    @Override
    public String toString() {
        return Operation.seconds(begun) + " to " + (lifted == Long.MAX_VALUE ? "…" : Operation.seconds(lifted)) + "  "
                + kind.name().toLowerCase(Locale.ROOT).replace('_', '-') + (instance < 0 ? "" : " " + instance)
                + (what.isEmpty() ? "" : " (" + what + ")");
    }
}
