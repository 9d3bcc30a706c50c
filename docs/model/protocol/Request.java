package protocol;

import static protocol.Relations.characterOf;

/** A call of a client: FailoverLikeToggle before RedisLikeToggle. */
final class Request extends Task {
    private static final int ATTEMPTS = 4;
    private static final int OFFERS = 4;
    private static final Unavailable REFUSED = new Unavailable(true, false, "Redis is full");

    final Operation operation;
    private final int relation;
    private final int character;
    private final Intent intent;

    Request(World world, Instance instance, Operation operation) {
        super(world, instance, operation.intent + " " + operation.name());
        this.operation = operation;
        this.relation = operation.relation;
        this.character = characterOf(relation);
        this.intent = operation.intent;
    }

    @Override
    void run() {
        if (intent == Intent.STATUS || intent == Intent.COUNT) {
            if (world.asBuilt.contains(AsBuilt.READS)) {
                readAsBuilt();
            } else {
                read();
            }
        } else {
            change();
        }
    }

    private void answer(Reply reply) {
        operation.answered(reply, world.now);
    }

    private void change() {
        Reply doubtful = null;
        long doubtfulEpoch = 0;
        boolean unknown = false;
        boolean refused = false;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Trust before = step("looks at its trust", () -> instance.trust);
            if (!before.given() || doubtful != null || unknown) {
                boolean again = doubtful != null || unknown;
                boolean wasRefused = refused;
                Look look = inTransaction(true, locked -> look(locked, true, again, wasRefused));
                if (look.decision != null) {
                    act("answers", () -> answer(look.decision));
                    return;
                }
                if (doubtful != null
                        && (doubtfulEpoch == look.epoch || world.broken.contains(Break.NO_EPOCH_CHECK))) {
                    Reply stands = doubtful;
                    act("answers", () -> answer(stands));
                    return;
                }
                if (doubtful != null) {
                    unknown = true;
                    act("drops the doubtful answer", this::statedTwice);
                }
                if (unknown && intent == Intent.TOGGLE && !world.broken.contains(Break.TOGGLE_SENT_AGAIN)) {
                    throw new Unavailable(true, true, "the outcome of the toggle is unknown");
                }
                before = before.after(look.epoch);
            }
            Trust trusted = before;
            try {
                Reply reply = askRedis();
                if (this.<Boolean>step("answers if trust is unshaken", () -> {
                    boolean given = instance.give(trusted);
                    if (given) {
                        answer(reply);
                    }
                    return given;
                })) {
                    return;
                }
                doubtful = reply;
                doubtfulEpoch = trusted.epoch();
            } catch (Unavailable e) {
                if (!e.redis) {
                    throw e;
                }
                refused |= e == REFUSED;
                unknown |= e.sent;
                if (e.sent) {
                    act("notes that the outcome is unknown", this::statedTwice);
                }
            }
        }
        throw new Unavailable(true, true, "Redis is flapping");
    }

    private void statedTwice() {
        if (intent != Intent.TOGGLE) {
            world.mayHaveHappened(operation);
        }
    }

    /** @param decision null where Redis decides */
    private record Look(boolean databaseDecides, Reply decision, long epoch) {}

    /** Under the lock no other instance can fail the partition over or back. */
    private Look look(Transaction locked, boolean decides, boolean again, boolean refused) {
        if (!locked.begun.failedOver && isInStep(locked)) {
            if (!refused) {
                return new Look(false, null, locked.begun.epoch);
            }
            if (!locked.full
                    || !locked.begun.journal(1).isEmpty() // Redis lacks the state of a rejected row
                    || !this.<Boolean>repeat("hand over", redis -> redis.handOver(locked.begun.generation, locked.begun.epoch + 1))) {
                throw new Unavailable(true, false, "Redis is full");
            }
            act("hands over", () -> locked.handedOver = true);
        }
        Reply decision = !decides
                ? null
                : step("decides in the database", () -> {
                    if (again) { // and what Redis made of it was seen until the failover
                        world.mayHaveHappened(operation);
                    }
                    return world.decide(locked, relation, intent);
                });
        return new Look(true, decision, locked.begun.epoch);
    }

    private boolean isInStep(Transaction locked) {
        try {
            boolean full = reconcile(locked);
            act("notes whether Redis is full", () -> locked.full = full);
            return !this.<Boolean>step("looks who decides", () -> locked.view.failedOver);
        } catch (Unavailable e) {
            if (!e.redis) {
                throw e;
            }
            if (e == Unavailable.READ_ONLY) {
                failReadOnlyOver(locked);
            }
            return false;
        }
    }

    private Reply askRedis() {
        try {
            return ask();
        } catch (Unavailable e) {
            if (e.redis) {
                act("withdraws its trust", instance::withdraw);
            }
            throw e;
        }
    }

    private Reply ask() {
        Reply reply = call("toggle.lua", redis -> world.toggle(redis, character, relation, intent, null));
        for (int offer = 0; reply == Reply.NEEDS_STORED && offer < OFFERS; offer++) {
            Stored stored = readStored();
            if (stored.failedOver()) {
                throw new Unavailable(true, false, "the partition is failed over");
            }
            reply = call("toggle.lua with rows", redis -> world.toggle(redis, character, relation, intent, stored));
        }
        if (reply == Reply.REFUSED) {
            throw REFUSED;
        }
        if (!reply.answered()) {
            throw new Unavailable(true, false, "did not converge");
        }
        return reply;
    }

    private Stored readStored() {
        return step("reads the rows", () -> world.read(character, relation));
    }

    /** The intended rule: an answer that cannot be exact is not given. */
    private void read() {
        Trust before = step("looks at its trust", () -> instance.trust);
        if (before.given()) {
            try {
                Reply reply = askRedis();
                if (answeredIfUnshaken(before, reply)) {
                    return;
                }
            } catch (Unavailable e) {
                if (!e.redis) {
                    throw e;
                }
            }
        }
        Stored stored = readStored();
        if (stored.failedOver()) {
            act("answers", () -> answer(new Reply(true, stored.liked(), stored.count())));
            return;
        }
        Reply reply = askRedis();
        Stored again = readStored();
        if (again.failedOver()) {
            act("answers", () -> answer(new Reply(true, again.liked(), again.count())));
        } else if (again.epoch() == stored.epoch()) {
            act("answers", () -> answer(reply)); // Redis has decided all the time between
        }
        regain();
    }

    /** A read as it was before version 0.1.0: answers from the database when Redis fails, although Redis may know better. */
    private void readAsBuilt() {
        Trust before = step("looks at its trust", () -> instance.trust);
        if (before.given()) {
            try {
                Reply reply = askRedis();
                if (answeredIfUnshaken(before, reply)) {
                    return;
                }
            } catch (Unavailable e) {
                if (!e.redis) {
                    throw e;
                }
            }
        }
        Stored stored = readStored();
        if (!stored.failedOver()) {
            try {
                Reply reply = askRedis();
                regain();
                act("answers", () -> answer(reply));
                return;
            } catch (Unavailable e) {
                if (!e.redis) {
                    throw e;
                }
            }
        }
        act("answers from the rows", () -> answer(new Reply(true, stored.liked(), stored.count())));
    }

    private boolean answeredIfUnshaken(Trust before, Reply reply) {
        return this.<Boolean>step("answers if trust is unshaken", () -> {
            boolean unshaken = instance.trust.doubts() == before.doubts();
            if (unshaken) {
                answer(reply);
            }
            return unshaken;
        });
    }

    private void regain() {
        Trust before = step("looks at its trust", () -> instance.trust);
        Look look = inTransaction(false, locked -> look(locked, false, false, false));
        if (look != null && !look.databaseDecides) {
            step("trusts Redis", () -> instance.give(before.after(look.epoch)));
        }
    }
}
