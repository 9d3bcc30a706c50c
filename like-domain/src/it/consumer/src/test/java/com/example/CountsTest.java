package com.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;
import maple.like.domain.LikePartitions;
import maple.like.domain.Ocid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.embedded.RedisServer;

class CountsTest {
    private static final Ocid ADELE = new Ocid("char459");
    private static RedisServer redis;
    private static int port;

    @BeforeAll
    static void startRedis() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        redis = RedisServer.builder().port(port).bind("127.0.0.1").build();
        redis.start();
    }

    @AfterAll
    static void stopRedis() throws IOException {
        redis.stop();
    }

    @Test
    void runsOnTheModulePath() {
        assertTrue(Counts.class.getModule().isNamed());
        assertEquals("maple.like.domain", Ocid.class.getModule().getName());
    }

    @ParameterizedTest
    @ValueSource(classes = {LikeCounts.class, KotlinCounts.class})
    void countsLikesFromTheEventsOfARedis(Class<? extends Counts> type) throws Exception {
        Counts counts = type.getDeclaredConstructor().newInstance();
        try (Socket subscriber = connect();
                Socket publisher = connect()) {
            send(subscriber, "SUBSCRIBE", counts.channels().toArray(String[]::new));
            BufferedReader replies = new BufferedReader(new InputStreamReader(subscriber.getInputStream(), UTF_8));
            for (String channel : counts.channels()) {
                assertEquals(List.of("subscribe", channel), replies(replies).subList(0, 2));
            }
            // As JsonLikeEventCodecTest expects them of the service.
            String event = """
                    {"userIgn":"아\\"델","ocid":"char459","newDelta":%d,"likeCount":%d,"eventType":"%s",\
                    "sourceInstanceId":"host-1","timestamp":"2026-01-02T03:04:05.678Z","sequence":%d}""";
            String channel = new LikePartitions(4).keys(ADELE).events();
            send(publisher, "PUBLISH", channel, event.formatted(1, 1, "LIKE", 7));
            String several = event.formatted(2, 2, "LIKE", 8) + "," + event.formatted(1, 1, "UNLIKE", 9);
            send(publisher, "PUBLISH", channel, "[" + several + "]");
            for (int message = 0; message < 2; message++) {
                counts.receive(replies(replies).get(2));
            }
        }
        assertEquals(new LikeCount(1), counts.count(ADELE));
        assertEquals(LikeCount.ZERO, counts.count(new Ocid("unknown")));
    }

    @Test
    void knowsTheChannelAndTheKeyOfACharacter() {
        LikePartitions partitions = new LikePartitions(4);
        assertEquals("{likes:1}:events", partitions.keys(ADELE).events());
        assertEquals("{likes:1}:count:아델", partitions.keys(ADELE).count(new CharacterName("아델")));
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void send(Socket socket, String command, String... arguments) throws IOException {
        StringBuilder sent = new StringBuilder("*" + (arguments.length + 1) + "\r\n");
        sent.append("$").append(command.length()).append("\r\n").append(command).append("\r\n");
        for (String argument : arguments) {
            sent.append("$" + argument.getBytes(UTF_8).length + "\r\n" + argument + "\r\n");
        }
        socket.getOutputStream().write(sent.toString().getBytes(UTF_8));
    }

    /** The next reply, an array of strings and numbers. */
    private static List<String> replies(BufferedReader in) throws IOException {
        int size = Integer.parseInt(in.readLine().substring(1));
        String[] parts = new String[size];
        for (int i = 0; i < size; i++) {
            String part = in.readLine();
            parts[i] = part.startsWith("$") ? in.readLine() : part.substring(1);
        }
        return List.of(parts);
    }
}
