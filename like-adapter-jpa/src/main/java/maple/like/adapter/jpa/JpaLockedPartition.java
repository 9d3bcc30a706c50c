package maple.like.adapter.jpa;

import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import maple.like.application.PartitionState;
import maple.like.application.PrimaryAheadException;
import maple.like.application.port.out.LikeLedger.Inspection;
import maple.like.application.port.out.LikeLedger.Journal;
import maple.like.application.port.out.LikeLedger.LockedPartition;
import maple.like.application.port.out.LikeLedger.PartitionRow;
import maple.like.application.port.out.LikeLedger.Primary;
import maple.like.application.port.out.LikeLedger.Rows;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/** A partition whose row this transaction has locked. The row is written once, before the commit, if it changed. */
final class JpaLockedPartition implements LockedPartition, Primary, AutoCloseable {
    /** The primary store may have claimed the next batch, and a journal that displaces it takes the one after that. */
    private static final int BEYOND_EVERY_BATCH = 3;

    private static final long LONGEST_LEAP = 1_000_000;

    private final StatelessSession session;
    private final Transactions transactions;
    private final LikePartitionEntity entity;
    private final Thread owner = Thread.currentThread();
    private final long token = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    private final JpaRows rows;
    private final JpaJournal journal;
    private final JpaInspection inspection;
    private PartitionRow row;
    private boolean open = true;
    private @Nullable RuntimeException failure;

    JpaLockedPartition(
            StatelessSession session,
            Transactions transactions,
            CharacterAdmission admission,
            InstantSource clock,
            RejectedRows rejected,
            LikePartitionEntity entity) {
        this.session = session;
        this.transactions = transactions;
        this.entity = entity;
        this.row = entity.toRow();
        RowStatements statements = new RowStatements(session, transactions.vendor(), admission);
        PartitionMembers members = new PartitionMembers(statements, entity.id);
        this.journal = new JpaJournal(this, statements, clock);
        this.rows = new JpaRows(this, statements, members, journal, rejected, clock);
        this.inspection = new JpaInspection(this, statements, members);
    }

    @Override
    public long token() {
        return token;
    }

    @Override
    public PartitionRow row() {
        requireOpen();
        return row;
    }

    @Override
    public void moveTo(PartitionState next) {
        PartitionRow before = row();
        boolean failover = next == PartitionState.FAILED_OVER && before.state() != next;
        row = new PartitionRow(
                before.generation(),
                before.token(),
                before.state().to(next),
                failover ? before.epoch() + 1 : before.epoch(),
                before.recoversFrom());
    }

    @Override
    public PartitionRow replace() {
        invalidate();
        row = new PartitionRow(row.generation(), row.token(), row.state(), row.epoch() + 1, null);
        return row;
    }

    @Override
    public void invalidate() {
        if (!journal.entries(1).isEmpty()) {
            throw new IllegalStateException("Partition " + number() + " has a journal, which would be lost");
        }
        moveTo(PartitionState.REBUILDING);
        setGeneration(row.generation() + BEYOND_EVERY_BATCH);
    }

    /** Where another owner stored that batch, the database lost nothing. */
    void outrun(PrimaryAheadException ahead) {
        PartitionRow before = row();
        if (before.generation() < ahead.known()) {
            journal.drop(ahead.applied());
            // At random, because the database may lose this commit, too, and must not take the same number again.
            setGeneration(ahead.known()
                    + BEYOND_EVERY_BATCH
                    + ThreadLocalRandom.current().nextLong(1, LONGEST_LEAP));
            recoverFrom(before.recoversFrom() == null ? before.generation() : before.recoversFrom());
            if (!before.state().databaseDecides()) {
                moveTo(PartitionState.REBUILDING);
            }
        }
    }

    @Override
    public void recovered() {
        recoverFrom(null);
    }

    private void recoverFrom(@Nullable Long generation) {
        row = new PartitionRow(row.generation(), row.token(), row.state(), row.epoch(), generation);
    }

    void setGeneration(long generation) {
        row = new PartitionRow(generation, token, row.state(), row.epoch(), row.recoversFrom());
    }

    int number() {
        return entity.id;
    }

    @Override
    public Rows rows() {
        return rows;
    }

    @Override
    public Journal journal() {
        return journal;
    }

    @Override
    public Primary primary() {
        return this;
    }

    @Override
    public Inspection inspection() {
        return inspection;
    }

    /** Ends the work. Half a batch must not be committed, even where the work ignored a call that failed. */
    void save() {
        if (failure != null) {
            throw failure;
        }
        if (!row.equals(entity.toRow())) {
            entity.set(row);
            attempt("write the row of partition " + number(), () -> {
                session.update(entity);
                return true;
            });
        }
    }

    /** Makes one call of the database; after one that failed there is no other. */
    <R> R attempt(String what, Supplier<R> call) {
        requireOpen();
        if (failure != null) {
            throw failure;
        }
        try {
            return transactions.attempt(what, call);
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    private void requireOpen() {
        if (!open || Thread.currentThread() != owner) {
            throw new IllegalStateException(
                    "Partition " + number() + " is locked for as long as the work runs, and for its thread alone");
        }
    }

    @Override
    public void close() {
        open = false;
    }
}
