package maple.like.adapter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.List;
import maple.like.adapter.redis.LikeEventCodec.Envelope;
import maple.like.domain.CharacterLiked;
import maple.like.domain.CharacterName;
import maple.like.domain.CharacterUnliked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LikeEventCodecTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final Envelope LIKED =
            new Envelope(new CharacterLiked(new CharacterName("아\"델"), 5, NOW), "host-1", 7);
    private static final Envelope UNLIKED =
            new Envelope(new CharacterUnliked(new CharacterName("아\"델"), -1, NOW), "host-1", 8);

    @Test
    void oneEventIsAnObject() {
        assertThat(LikeEventCodec.write(List.of(LIKED)))
                .isEqualTo(
                        "{\"userIgn\":\"아\\\"델\",\"newDelta\":5,\"eventType\":\"LIKE\",\"sourceInstanceId\":\"host-1\","
                                + "\"timestamp\":\"2026-01-02T03:04:05.678Z\",\"sequence\":7}");
    }

    @Test
    void severalEventsAreAnArray() {
        String message = LikeEventCodec.write(List.of(LIKED, UNLIKED));
        assertThat(message)
                .startsWith("[{")
                .contains("\"eventType\":\"UNLIKE\"")
                .endsWith("}]");
        assertThat(LikeEventCodec.read(message)).containsExactly(LIKED, UNLIKED);
    }

    @Test
    void membersThatNobodyKnowsAreSkipped() {
        assertThat(LikeEventCodec.read(
                        "{\"new\":{\"a\":[1,{}]},\"userIgn\":\"아\\\"델\",\"newDelta\":5,\"eventType\":\"LIKE\","
                                + "\"more\":[[]],\"sourceInstanceId\":\"host-1\",\"timestamp\":\"2026-01-02T03:04:05.678Z\","
                                + "\"sequence\":7}"))
                .containsExactly(LIKED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "1",
                "[",
                "[1]",
                "{",
                "{}",
                "{\"userIgn\":\"a\",\"eventType\":\"LOVE\",\"sourceInstanceId\":\"b\"}",
                "{\"userIgn\":\"\",\"eventType\":\"LIKE\",\"sourceInstanceId\":\"b\"}",
                "{\"userIgn\":\"a\",\"eventType\":\"LIKE\",\"sourceInstanceId\":\"b\",\"timestamp\":\"noon\"}",
                "{\"userIgn\":\"a\",\"eventType\":\"LIKE\",\"sourceInstanceId\":\"b\",\"newDelta\":\"x\"}",
                "{\"userIgn\":null,\"eventType\":\"LIKE\",\"sourceInstanceId\":\"b\"}",
                "{\"userIgn\":\"a\",\"eventType\":\"LIKE\",\"sourceInstanceId\":{}}"
            })
    void anythingElseIsRejected(String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> LikeEventCodec.read(message));
    }
}
