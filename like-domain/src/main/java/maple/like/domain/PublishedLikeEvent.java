package maple.like.domain;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A {@link LikeEvent} as it travels on a channel. A message is one JSON object with these fields, or an array of such
 * objects; {@link #fields()} and {@link #ofMessage} convert between this record and what any JSON library calls a map.
 *
 * @param event what changed
 * @param sourceInstanceId the instance that made the change
 * @param sequence numbers the events of one instance on one channel: one more than the event before; 0 for none
 * @param database the number of the Redis database that holds the publisher's likes, 0 or more: channels are shared by all
 *     databases of a Redis, so receivers ignore the events of any other database than their own
 */
public record PublishedLikeEvent(LikeEvent event, String sourceInstanceId, long sequence, long database) {
    /** String: the name that the character's likes are counted under. */
    public static final String USER_IGN = "userIgn";
    /** String: the character's OCID. */
    public static final String OCID = "ocid";
    /** Number: {@link LikeEvent#newDelta()}. */
    public static final String NEW_DELTA = "newDelta";
    /** Number: {@link LikeEvent#likeCount()}. */
    public static final String LIKE_COUNT = "likeCount";
    /** String: {@value #LIKE} or {@value #UNLIKE}. */
    public static final String EVENT_TYPE = "eventType";
    /** String: {@link #sourceInstanceId()}. */
    public static final String SOURCE_INSTANCE_ID = "sourceInstanceId";
    /** String: {@link LikeEvent#timestamp()} in ISO 8601. */
    public static final String TIMESTAMP = "timestamp";
    /** Number: {@link #sequence()}; may be absent. */
    public static final String SEQUENCE = "sequence";
    /** Number: {@link #database()}; absent for 0. */
    public static final String DATABASE = "database";
    /** The {@value #EVENT_TYPE} of {@link CharacterLiked}. */
    public static final String LIKE = "LIKE";
    /** The {@value #EVENT_TYPE} of {@link CharacterUnliked}. */
    public static final String UNLIKE = "UNLIKE";

    /**
     * Rejects {@code null}.
     *
     * @throws IllegalArgumentException if the database is negative
     */
    public PublishedLikeEvent {
        if (database < 0) {
            throw new IllegalArgumentException(DATABASE + " must not be negative: " + database);
        }
        requireNonNull(event, "event");
        requireNonNull(sourceInstanceId, "sourceInstanceId");
    }

    /**
     * The fields of the JSON object.
     *
     * @return strings and {@code Long}s by name, in the order of the wire format
     */
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(USER_IGN, event.character().name().value());
        fields.put(OCID, event.character().ocid().value());
        fields.put(NEW_DELTA, event.newDelta());
        fields.put(LIKE_COUNT, event.likeCount().value());
        fields.put(EVENT_TYPE, event instanceof CharacterLiked ? LIKE : UNLIKE);
        fields.put(SOURCE_INSTANCE_ID, sourceInstanceId);
        fields.put(TIMESTAMP, event.timestamp().toString());
        fields.put(SEQUENCE, sequence);
        if (database != 0) {
            fields.put(DATABASE, database);
        }
        return fields;
    }

    /**
     * Reads a message. Unknown fields are ignored.
     *
     * @param json the message as a JSON library reads it: a map of strings and numbers by name, or a list of such maps
     * @return its events, in their order
     * @throws IllegalArgumentException if it is neither, or a field other than {@value #SEQUENCE} and {@value #DATABASE} is
     *     missing or not valid
     */
    public static List<PublishedLikeEvent> ofMessage(@Nullable Object json) {
        List<PublishedLikeEvent> events = new ArrayList<>();
        for (Object each : json instanceof List<?> several ? several : Collections.singletonList(json)) {
            if (!(each instanceof Map<?, ?> fields)) {
                throw new IllegalArgumentException("A like event is a JSON object");
            }
            events.add(ofFields(fields));
        }
        return events;
    }

    private static PublishedLikeEvent ofFields(Map<?, ?> fields) {
        String type = text(fields, EVENT_TYPE);
        if (!type.equals(LIKE) && !type.equals(UNLIKE)) {
            throw new IllegalArgumentException(EVENT_TYPE + " is " + LIKE + " or " + UNLIKE);
        }
        GameCharacter character =
                new GameCharacter(new Ocid(text(fields, OCID)), new CharacterName(text(fields, USER_IGN)));
        LikeEvent event = LikeEvent.of(
                type.equals(LIKE),
                character,
                number(fields, NEW_DELTA),
                new LikeCount(number(fields, LIKE_COUNT)),
                instant(text(fields, TIMESTAMP)));
        return new PublishedLikeEvent(
                event,
                text(fields, SOURCE_INSTANCE_ID),
                numberOrZero(fields, SEQUENCE),
                numberOrZero(fields, DATABASE));
    }

    private static String text(Map<?, ?> fields, String name) {
        if (fields.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("A like event needs the string " + name);
    }

    private static long numberOrZero(Map<?, ?> fields, String name) {
        return fields.get(name) == null ? 0 : number(fields, name);
    }

    /** Whole numbers of 64 bits alone: a rounded one would be a wrong count. */
    private static long number(Map<?, ?> fields, String name) {
        if (fields.get(name) instanceof Number number) {
            try {
                return new BigDecimal(number.toString()).longValueExact();
            } catch (ArithmeticException | NumberFormatException e) {
                throw new IllegalArgumentException(name + " is not a whole number of 64 bits: " + number, e);
            }
        }
        throw new IllegalArgumentException("A like event needs the number " + name);
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(TIMESTAMP + " is not ISO 8601: " + Text.quote(text), e);
        }
    }
}
