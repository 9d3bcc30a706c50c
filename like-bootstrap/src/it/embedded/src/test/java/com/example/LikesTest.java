package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lettuce.core.RedisClient;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterLiked;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikePartitions;
import maple.like.domain.LikeStatus;
import maple.like.domain.Liker;
import maple.like.domain.Ocid;
import maple.like.domain.PublishedLikeEvent;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;
import tools.jackson.databind.json.JsonMapper;

class LikesTest {
    private static final GameCharacter ADELE = new GameCharacter(new Ocid("char456"), new CharacterName("Adele"));
    private static final AccountId ME = new AccountId("me");

    @Test
    void togglesFlushesAndReadsWithoutSpring() throws Exception {
        assertThrows(ClassNotFoundException.class, () -> Class.forName("org.springframework.core.SpringVersion"));
        int port = freePort();
        RedisServer server = RedisServer.builder().port(port).bind("127.0.0.1").build();
        server.start();
        JdbcConnectionPool database = JdbcConnectionPool.create("jdbc:h2:mem:likes", "sa", "");
        RedisClient client = RedisClient.create();
        try (Likes likes = new Likes("redis://127.0.0.1:" + port, database, new SimpleMeterRegistry());
                var connection = client.connectPubSub(io.lettuce.core.RedisURI.create("127.0.0.1", port))) {
            BlockingQueue<String> messages = new LinkedBlockingQueue<>();
            connection.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(String channel, String message) {
                    messages.add(message);
                }
            });
            connection.sync().subscribe(new LikePartitions(1).keys(ADELE.ocid()).events());
            likes.stored.registry().register(ADELE);

            likes.toggle.change(new Liker(ME, Set.of()), ADELE.name(), LikeIntent.TOGGLE);
            assertEquals(1, likes.sync.sync(0).inserted());
            assertEquals(Optional.of(new LikeStatus(true, new LikeCount(1))), likes.read.status(ME, ADELE.name()));

            String message = messages.poll(10, TimeUnit.SECONDS);
            assertNotNull(message);
            List<PublishedLikeEvent> events =
                    PublishedLikeEvent.ofMessage(new JsonMapper().readValue(message, Object.class));
            assertEquals(ADELE, ((CharacterLiked) events.get(0).event()).character());
        } finally {
            client.shutdown();
            database.dispose();
            server.stop();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }
}
