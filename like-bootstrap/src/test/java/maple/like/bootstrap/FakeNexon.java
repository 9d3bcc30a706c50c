package maple.like.bootstrap;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import maple.like.application.contract.Workers;
import maple.like.bootstrap.StubServer.Answer;
import maple.like.bootstrap.StubServer.Received;

/** Answers like the Nexon Open API, or as a test says. */
final class FakeNexon implements AutoCloseable {
    private static final String KEY = "test_Rumpelstiltskin";
    private static final String NAME = "character_name=";
    private static final CountDownLatch OPEN = new CountDownLatch(0);

    private final StubServer server = new StubServer().answering("/maplestory/v1/id", this::answer);
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();

    /** What an instance needs to ask here, and other properties. */
    String[] configuration(String... others) {
        return Stream.concat(
                        Stream.of(
                                "like.nexon.base-url=" + server.url(),
                                "like.nexon.api-key=" + KEY,
                                "like.nexon.timeout=2s",
                                "like.nexon.lookups-per-second=1000",
                                "like.nexon.lookups-per-account=1000"),
                        Arrays.stream(others))
                .toArray(String[]::new);
    }

    /** From now on a character of this OCID has the name. */
    void knows(String name, String ocid) {
        answers.put(name, new Answer(200, "{\"ocid\":\"" + ocid + "\"}"));
    }

    /** From now on a name is answered like this. */
    void fails(String name, int status, String body) {
        answers.put(name, new Answer(status, body));
    }

    /** From now on a lookup of the name is answered once the latch is open. */
    void holdBack(String name, CountDownLatch gate) {
        gates.put(name, gate);
    }

    int lookups(String name) {
        return received(name).size();
    }

    /** The {@code traceparent} of each lookup of a name. */
    List<String> traces(String name) {
        return received(name).stream()
                .map(request -> request.header().apply("traceparent"))
                .toList();
    }

    private List<Received> received(String name) {
        return server.received().stream()
                .filter(request -> nameIn(request).equals(name))
                .toList();
    }

    private static String nameIn(Received request) {
        return request.uri().getQuery().substring(NAME.length());
    }

    private Answer answer(Received request) {
        String name = nameIn(request);
        Workers.await(gates.getOrDefault(name, OPEN));
        return KEY.equals(request.header().apply("x-nxopen-api-key"))
                ? answers.getOrDefault(name, new Answer(400, error("OPENAPI00004")))
                : new Answer(400, error("OPENAPI00005"));
    }

    static String error(String code) {
        return "{\"error\":{\"name\":\"" + code + "\",\"message\":\"Please try again later\"}}";
    }

    @Override
    public void close() {
        server.close();
    }
}
