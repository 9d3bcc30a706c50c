package maple.like.bench.section;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import maple.like.bench.load.Traffic;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.machine.Redis;
import maple.like.bench.machine.RespConnection;
import maple.like.bench.report.Series;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Toggles while Redis holds many relations, compared with few. The section adds them directly, as stored likes of accounts
 * that toggle nothing.
 */
final class Relations implements Section {
    private static final int FEW = 10_000;
    static final int MANY = 5_000_000;
    private static final int MEMBERS = 500;
    private static final int PIPELINED = 40;
    private static final double GIBIBYTE = 1L << 30;

    @Override
    public void run(Bench bench) {
        LikeServer few = bench.servers().start(Kind.SERVICE, "few", List.of());
        LikeServer many = bench.servers().start(Kind.SERVICE, "many", List.of());
        fill(bench, few.redis(), FEW);
        long before = many.redis().usedMemory();
        fill(bench, many.redis(), MANY);
        double bytes = (many.redis().usedMemory() - before) / (double) MANY;
        List<LikeServer> servers = List.of(few, many);
        servers.forEach(
                server -> bench.warmUp(server, Traffic.TOGGLES, bench.options().warmUp()));
        Turns<LikeServer, Double> turns = bench.takeTurns(servers, server -> bench.rate(server, Traffic.TOGGLES));
        servers.forEach(bench.servers()::stop);

        Series rateOfFew = turns.series(few, rate -> rate);
        Series rateOfMany = turns.series(many, rate -> rate);
        bench.report()
                .note("A relation takes " + Series.number(bytes, 0) + " bytes in Redis (" + Series.number(MANY, 0)
                        + " relations, account ids of 36 characters): " + Series.number(GIBIBYTE / bytes / 1e6, 1)
                        + " million likes per GiB.");
        bench.report().bar("Toggles per second by stored relations", Series.number(FEW, 0), rateOfFew);
        bench.report().bar("Toggles per second by stored relations", Series.number(MANY, 0), rateOfMany);
        bench.report().atLeast("toggles with 5,000,000 relations / with 10,000", 0.9, rateOfMany.over(rateOfFew));
    }

    private static String member(List<String> ocids, int number, char separator) {
        return new UUID(number * 0x9E3779B97F4A7C15L, number) + "" + separator + ocids.get(number % ocids.size());
    }

    /** Copies the relations of {@link #fill} into a table of accounts and OCIDs. */
    static void copy(Bench bench, Connection connection, String table, int relations) throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy " + table + " from stdin");
        for (int number = 0; number < relations; number++) {
            byte[] row = (member(bench.population().ocids(), number, '\t') + "\n").getBytes(StandardCharsets.US_ASCII);
            copy.writeToCopy(row, 0, row.length);
        }
        copy.endCopy();
    }

    /** Adds relations to Redis as stored ones. */
    static void fill(Bench bench, Redis redis, int relations) {
        Bench.say("putting " + relations + " relations into Redis");
        List<String> ocids = bench.population().ocids();
        try (RespConnection connection = redis.connect()) {
            int pipelined = 0;
            for (int first = 0; first < relations; first += MEMBERS) {
                String[] command = new String[2 + Math.min(MEMBERS, relations - first)];
                command[0] = "SADD";
                command[1] = Redis.KEYS.relations();
                for (int i = 2; i < command.length; i++) {
                    command[i] = member(ocids, first + i - 2, ':');
                }
                connection.send(command);
                pipelined++;
                if (pipelined == PIPELINED || first + MEMBERS >= relations) {
                    connection.flush();
                    for (; pipelined > 0; pipelined--) {
                        connection.read();
                    }
                }
            }
        }
        if (redis.relations() < relations) {
            throw redis.program().failed("holds " + redis.relations() + " relations instead of " + relations);
        }
    }
}
