package maple.like.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The field names and their literals are a wire format. Also of {@link LikeEvent}. */
class PublishedLikeEventTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final GameCharacter CHARACTER = new GameCharacter(new Ocid("char456"), new CharacterName("아\"델"));

    private static PublishedLikeEvent published(boolean liked) {
        return new PublishedLikeEvent(LikeEvent.of(liked, CHARACTER, -2, new LikeCount(5), NOW), "host-1", 7, 0);
    }

    private static Map<String, Object> fields() {
        return new HashMap<>(published(true).fields());
    }

    private static PublishedLikeEvent read(Map<String, Object> fields) {
        return PublishedLikeEvent.ofMessage(fields).get(0);
    }

    @Test
    void aMessageIsOneObjectOrAListOfObjects() {
        PublishedLikeEvent liked = published(true);
        PublishedLikeEvent unliked = published(false);
        assertThat(PublishedLikeEvent.ofMessage(List.of(liked.fields(), unliked.fields())))
                .containsExactly(liked, unliked);
        for (Object wrong : Arrays.asList(null, "text", List.of(1), List.of(List.of()))) {
            assertThatIllegalArgumentException().isThrownBy(() -> PublishedLikeEvent.ofMessage(wrong));
        }
    }

    @Test
    void theFieldsAreThoseOfTheWireFormatInItsOrder() {
        assertThat(published(true).fields())
                .hasToString("{userIgn=아\"델, ocid=char456, newDelta=-2, likeCount=5, eventType=LIKE, "
                        + "sourceInstanceId=host-1, timestamp=2026-01-02T03:04:05.678Z, sequence=7}");
        assertThat(published(false).fields()).containsEntry("eventType", "UNLIKE");
    }

    @Test
    void theDatabaseIsAFieldWhereItIsNotTheFirst() {
        PublishedLikeEvent published = new PublishedLikeEvent(published(true).event(), "host-1", 7, 15);
        assertThat(published.fields()).containsEntry("database", 15L);
        assertThat(read(published.fields())).isEqualTo(published);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theFieldsAreReadBackUnknownOnesAreIgnoredAndTheSequenceMayBeMissing(boolean liked) {
        PublishedLikeEvent published = published(liked);
        assertThat(published.event()).isInstanceOf(liked ? CharacterLiked.class : CharacterUnliked.class);
        Map<String, Object> fields = new HashMap<>(published.fields());
        fields.put("unknown", List.of());
        fields.put("likeCount", 5); // any number
        assertThat(read(fields)).isEqualTo(published);
        fields.remove("sequence");
        assertThat(read(fields).sequence()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"userIgn", "ocid", "newDelta", "likeCount", "eventType", "sourceInstanceId", "timestamp"})
    void everyOtherFieldIsNeededAndOfItsType(String name) {
        Map<String, Object> fields = fields();
        fields.put(name, Map.of());
        assertThatIllegalArgumentException().isThrownBy(() -> read(fields));
        fields.remove(name);
        assertThatIllegalArgumentException().isThrownBy(() -> read(fields)).withMessageContaining(name);
    }

    @ParameterizedTest
    @CsvSource({
        "eventType, LOVE",
        "userIgn, ''",
        "ocid, a:b",
        "timestamp, noon",
        "sequence, x",
        "likeCount, -1",
        "database, -1"
    })
    void anInvalidFieldIsRejected(String name, String value) {
        Map<String, Object> fields = fields();
        fields.put(name, value.equals("-1") ? -1 : value);
        assertThatIllegalArgumentException().isThrownBy(() -> read(fields));
    }

    @ParameterizedTest
    @ValueSource(strings = {"newDelta", "likeCount", "sequence", "database"})
    void aNumberIsWholeAndOf64BitsInWhateverTypeALibraryReadsIt(String name) {
        Map<String, Object> fields = fields();
        fields.put(name, 3.0);
        assertThat(read(fields).fields()).containsEntry(name, 3L);
        for (Number wrong : List.of(1.5, Double.NaN, 1e300, new BigDecimal("0.1"), BigInteger.TWO.pow(64))) {
            fields.put(name, wrong);
            assertThatIllegalArgumentException().isThrownBy(() -> read(fields)).withMessageContaining(name);
        }
    }
}
