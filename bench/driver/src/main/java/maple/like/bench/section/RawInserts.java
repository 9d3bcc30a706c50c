package maple.like.bench.section;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import maple.like.bench.machine.BenchException;
import maple.like.bench.machine.Postgres;

/** Merely inserts rows: one statement per transaction, into a table like the service's. */
final class RawInserts implements Storing {
    private static final String INSERT = """
            insert into raw_like (target_ocid, liker_account_id, created_at)
            select target, account, now() from unnest(?::text[], ?::text[]) as e(target, account)
                on conflict do nothing
            """;

    private final Postgres postgres;
    private final String database;
    private final int batch;

    RawInserts(Postgres postgres, String database, int batch) {
        this.postgres = postgres;
        this.database = database;
        this.batch = batch;
        postgres.execute(database, "create table raw_like (like character_like including all)");
    }

    @Override
    public String name() {
        return "raw inserts";
    }

    @Override
    public Result store(List<Pending> relations) {
        List<Double> millis = new ArrayList<>();
        try (Connection connection = postgres.connect(database);
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            connection.setAutoCommit(false);
            for (int from = 0; from < relations.size(); from += batch) {
                List<Pending> part = relations.subList(from, Math.min(relations.size(), from + batch));
                long begun = System.nanoTime();
                insert.setArray(
                        1,
                        connection.createArrayOf(
                                "text",
                                part.stream()
                                        .map(pending ->
                                                pending.character().ocid().value())
                                        .toArray()));
                insert.setArray(
                        2,
                        connection.createArrayOf(
                                "text",
                                part.stream()
                                        .map(pending -> pending.account().value())
                                        .toArray()));
                insert.executeUpdate();
                connection.commit();
                millis.add((System.nanoTime() - begun) / 1e6);
            }
        } catch (SQLException e) {
            throw new BenchException("PostgreSQL rejected rows", e);
        }
        return Result.of(relations.size(), millis);
    }
}
