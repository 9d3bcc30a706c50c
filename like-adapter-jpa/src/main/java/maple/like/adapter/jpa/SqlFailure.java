package maple.like.adapter.jpa;

/** What a failure of the database means for the transaction that met it. */
enum SqlFailure {
    /** It lost against another transaction: the same again succeeds. */
    RETRYABLE,
    /** The database rejected a row for its own sake: without that row it succeeds. */
    ROW_REJECTED,
    /** The database is unavailable, did not reply in time, or lacks a right or a table that others can give back. */
    OUTAGE,
    /** Anything else, such as a missing column. */
    DEFECT
}
