package maple.like.adapter.jpa;

import jakarta.persistence.PersistenceException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import maple.like.application.DatabaseUnavailableException;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.Transaction;

/** Sessions and transactions, and the one place that turns an outage into the exception of the ports. */
record Transactions(SessionFactory sessions, DatabaseVendor vendor, Refusals refusals) {

    /** Runs one statement, in a transaction of its own. */
    <R> R read(String what, Function<StatelessSession, R> statement) {
        return attempt(what, () -> {
            try (StatelessSession session = sessions.openStatelessSession()) {
                return statement.apply(session);
            }
        });
    }

    /**
     * Runs work in a transaction and commits what it did, or nothing if it throws. Only opening and ending the transaction
     * count as attempts here: what the work itself throws passes through as it is.
     */
    <R> R inTransaction(String what, Function<StatelessSession, R> work) {
        return inTransaction(what, work, Transaction::commit);
    }

    /** Runs one attempt in a transaction of its own. */
    void write(String what, Consumer<StatelessSession> work) {
        inTransaction(
                what,
                session -> attempt(what, () -> {
                    work.accept(session);
                    return true;
                }));
    }

    /** Runs work that may fail in a transaction, and rolls back what it did. */
    void tryOut(String what, Function<StatelessSession, ?> work) {
        inTransaction(what, session -> attempt(what, () -> work.apply(session)), Transaction::rollback);
    }

    private <R> R inTransaction(String what, Function<StatelessSession, R> work, Consumer<Transaction> end) {
        StatelessSession session = attempt(what, sessions::openStatelessSession);
        R result;
        try {
            Transaction transaction = attempt(what, session::beginTransaction);
            result = work.apply(session);
            attempt(what, () -> {
                end.accept(transaction);
                return true;
            });
        } catch (Throwable failure) {
            abandon(session, failure);
            throw failure;
        }
        attempt(what, () -> {
            session.close();
            return true;
        });
        return result;
    }

    /** A failure here adds nothing: without its connection the database rolls back by itself. */
    private static void abandon(StatelessSession session, Throwable failure) {
        try (session) {
            Transaction transaction = session.getTransaction();
            if (transaction.getStatus().canRollback()) {
                transaction.rollback();
            }
        } catch (RuntimeException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }

    /**
     * Makes one call of the database.
     *
     * @param what completes the sentence "Could not …"
     * @throws DatabaseUnavailableException in place of an outage, and of a lost race that was retried in vain
     */
    <R> R attempt(String what, Supplier<R> call) {
        try {
            R result = call.get();
            refusals.carriedOut();
            return result;
        } catch (PersistenceException e) {
            switch (vendor.failureOf(e)) {
                case RETRYABLE, OUTAGE -> {
                    refusals.failed(e, vendor);
                    throw new DatabaseUnavailableException(
                            "Could not " + what + ": the database did not carry it out", e);
                }
                case ROW_REJECTED, DEFECT -> throw e;
            }
            throw e;
        }
    }
}
