package maple.like.adapter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.List;
import maple.like.domain.CharacterLiked;
import maple.like.domain.CharacterName;
import maple.like.domain.CharacterUnliked;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import maple.like.domain.Ocid;
import maple.like.domain.PublishedLikeEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLikeEventCodecTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final GameCharacter ADELE = new GameCharacter(new Ocid("char456"), new CharacterName("아\"델"));
    private static final PublishedLikeEvent LIKED =
            new PublishedLikeEvent(new CharacterLiked(ADELE, 5, new LikeCount(12), NOW), "host-1", 7, 0);
    private static final PublishedLikeEvent UNLIKED =
            new PublishedLikeEvent(new CharacterUnliked(ADELE, -1, new LikeCount(11), NOW), "host-1", 8, 1);

    private final JsonLikeEventCodec codec = new JsonLikeEventCodec();

    @Test
    void oneEventIsAnObject() {
        String message = codec.write(List.of(LIKED));
        assertThat(message)
                .isEqualTo("{\"userIgn\":\"아\\\"델\",\"ocid\":\"char456\",\"newDelta\":5,\"likeCount\":12,"
                        + "\"eventType\":\"LIKE\",\"sourceInstanceId\":\"host-1\","
                        + "\"timestamp\":\"2026-01-02T03:04:05.678Z\",\"sequence\":7}");
        assertThat(codec.read(message)).containsExactly(LIKED);
    }

    @Test
    void severalEventsAreAnArray() {
        String message = codec.write(List.of(LIKED, UNLIKED));
        assertThat(message).startsWith("[{").endsWith("}]");
        assertThat(codec.read(message)).containsExactly(LIKED, UNLIKED);
    }

    @Test
    void unknownFieldsAreIgnored() {
        String message = codec.write(List.of(LIKED));
        assertThat(codec.read("{\"new\":{\"a\":[1,{}]}," + message.substring(1)))
                .containsExactly(LIKED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "1", "[", "[1]", "[null]", "{", "{}", "{} {}", "{\"eventType\":\"LOVE\"}"})
    void anythingElseIsRejected(String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> codec.read(message));
    }
}
