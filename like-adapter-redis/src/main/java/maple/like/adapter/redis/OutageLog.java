package maple.like.adapter.redis;

import java.util.function.LongSupplier;
import maple.like.application.Outage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs when connections fail, and when they all work again. Safe for use by any number of threads. */
final class OutageLog {
    private static final Logger LOG = LoggerFactory.getLogger(RedisAdapter.class);

    private final Outage outage;
    private final String subject;
    private final String consequence;

    /**
     * Logs nothing yet.
     *
     * @param subject what is unavailable
     * @param consequence what happens until it is available again; a sentence
     */
    OutageLog(LongSupplier nanoTime, String subject, String consequence) {
        this.outage = new Outage(nanoTime);
        this.subject = subject;
        this.consequence = consequence;
    }

    void fails(Object connection, Throwable failure) {
        String reason = Outage.reason(failure);
        if (outage.fails(connection, reason)) {
            LOG.warn("{} is unavailable. {} reason={}", subject, consequence, reason);
        }
    }

    void works(Object connection) {
        outage.works(connection)
                .ifPresent(lasted -> LOG.info("{} is available again after {} s", subject, lasted.toMillis() / 1000.0));
    }
}
