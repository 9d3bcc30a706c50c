package maple.like.adapter.jpa;

import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import maple.like.application.StoreUnavailableException;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.Transaction;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.DataException;
import org.hibernate.exception.SQLGrammarException;

/** Sessions and transactions, and the one place that tells an outage from a defect. */
record Store(SessionFactory sessions) {

    /** Runs one statement, in a transaction of its own. */
    <R> R read(String what, Function<StatelessSession, R> statement) {
        return attempt(what, () -> {
            try (StatelessSession session = sessions.openStatelessSession()) {
                return statement.apply(session);
            }
        });
    }

    /**
     * Runs work in a transaction and commits what it did, or nothing if it throws. Only opening and ending the
     * transaction count as attempts here: what the work itself throws passes through as it is.
     */
    <R> R inTransaction(String what, Function<StatelessSession, R> work) {
        return inTransaction(what, work, Transaction::commit);
    }

    /** Runs work that may fail in a transaction, and rolls back what it did. */
    void trial(String what, Function<StatelessSession, ?> work) {
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

    /** What fails here adds nothing: without its connection the database rolls back by itself. */
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
     */
    static <R> R attempt(String what, Supplier<R> call) {
        try {
            return call.get();
        } catch (PersistenceException e) {
            if (isOutage(e)) {
                throw new StoreUnavailableException("Could not " + what + ": the database did not carry it out", e);
            }
            throw e;
        }
    }

    /**
     * Whatever the database or the pool says is an outage, unless it is about the statement itself. Vendors differ too
     * much in how they report a lost connection, a deadlock or a timeout for the list to be the other way round.
     */
    private static boolean isOutage(PersistenceException e) {
        boolean fromDatabase = false;
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConstraintViolationException
                    || cause instanceof DataException
                    || cause instanceof SQLGrammarException) {
                return false;
            }
            fromDatabase |= cause instanceof SQLException;
        }
        return fromDatabase;
    }
}
