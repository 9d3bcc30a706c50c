package maple.like.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maple.like.bench.machine.BenchException;
import maple.like.bench.machine.LikeServer;
import maple.like.bench.machine.Workspace;

/** Applies full load: each connection sends its next request as soon as it has the response to the last. */
public final class Wrk {
    /** The threads of the load generator. */
    public static final int THREADS = 2;

    /** The number of requests in flight. */
    public static final int CONNECTIONS = 64;

    private static final Pattern RESULT =
            Pattern.compile("result: requests=(\\d+) micros=(\\d+) refused=(\\d+) broken=(\\d+) late=(\\d+)");

    private final Workspace workspace;
    private final Path script;
    private int runs;

    /** Writes the requests of each kind to files. */
    public Wrk(Workspace workspace, Population population) {
        this.workspace = workspace;
        this.script = workspace.directory().resolve("requests.lua");
        try (InputStream resource = Objects.requireNonNull(Wrk.class.getResourceAsStream("requests.lua"))) {
            Files.write(script, resource.readAllBytes());
            for (Traffic traffic : Traffic.values()) {
                write(heads(traffic), traffic.characters(population), i -> traffic.head(population, i));
                write(
                        tails(traffic),
                        traffic.needsToken() ? population.tokens().size() : 1,
                        i -> traffic.tail(population, i));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path heads(Traffic traffic) {
        return workspace.directory().resolve(traffic + ".heads");
    }

    private Path tails(Traffic traffic) {
        return workspace.directory().resolve(traffic + ".tails");
    }

    private static void write(Path file, int count, IntFunction<String> entry) throws IOException {
        Files.writeString(
                file,
                IntStream.range(0, count)
                        .mapToObj(i -> entry.apply(i).replace("\r\n", "\n") + ".\n")
                        .collect(Collectors.joining()),
                StandardCharsets.US_ASCII);
    }

    /**
     * Applies load.
     *
     * @throws BenchException if any response was not a success
     */
    public Load run(LikeServer server, Traffic traffic, int seconds) {
        String name = "wrk-" + ++runs;
        String output = workspace.run(
                name,
                List.of(
                        "wrk",
                        "-t" + THREADS,
                        "-c" + CONNECTIONS,
                        "-d" + seconds + "s",
                        "--timeout",
                        "10s",
                        "-s",
                        script.toString(),
                        server.url(),
                        "--",
                        Integer.toString(runs),
                        heads(traffic).toString(),
                        tails(traffic).toString()),
                Duration.ofSeconds(seconds + 60));
        Matcher matcher = RESULT.matcher(output);
        if (!matcher.find()) {
            throw new BenchException("wrk printed no result:\n" + output);
        }
        long refused = Long.parseLong(matcher.group(3));
        long broken = Long.parseLong(matcher.group(4));
        long late = Long.parseLong(matcher.group(5));
        if (refused + broken + late > 0) {
            throw server.program()
                    .failed("failed some of " + matcher.group(1) + " requests (" + traffic + "): neither 2xx nor 3xx "
                            + refused + ", broken connections " + broken + ", longer than 10 s " + late);
        }
        return new Load(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)) / 1e6);
    }

    /**
     * The load of one run.
     *
     * @param requests the number of requests, all successful
     * @param seconds the duration
     */
    public record Load(long requests, double seconds) {
        /** Requests per second. */
        public double rate() {
            return requests / seconds;
        }
    }
}
