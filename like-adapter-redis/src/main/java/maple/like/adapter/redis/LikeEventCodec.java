package maple.like.adapter.redis;

import java.io.StringWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import maple.like.domain.CharacterLiked;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeEvent;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The messages on the channel: one event as a JSON object, or an array of them.
 *
 * <p>{@code userIgn}, {@code newDelta}, {@code eventType} ({@code LIKE} or {@code UNLIKE}), {@code sourceInstanceId} and
 * {@code timestamp} (ISO 8601) are for everybody; {@code sequence} numbers the events of one instance on one channel.
 * Unknown members are skipped.
 */
final class LikeEventCodec {
    private static final JsonFactory JSON = new JsonFactory();

    private LikeEventCodec() {}

    /** An event on its way. A sequence of 0 stands for none. */
    record Envelope(LikeEvent event, String sourceInstanceId, long sequence) {}

    static String write(List<Envelope> envelopes) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            if (envelopes.size() == 1) {
                write(json, envelopes.get(0));
            } else {
                json.writeStartArray();
                envelopes.forEach(envelope -> write(json, envelope));
                json.writeEndArray();
            }
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Envelope envelope) {
        LikeEvent event = envelope.event();
        json.writeStartObject();
        json.writeStringProperty("userIgn", event.character().value());
        json.writeNumberProperty("newDelta", event.newDelta());
        json.writeStringProperty("eventType", event instanceof CharacterLiked ? "LIKE" : "UNLIKE");
        json.writeStringProperty("sourceInstanceId", envelope.sourceInstanceId());
        json.writeStringProperty("timestamp", event.timestamp().toString());
        json.writeNumberProperty("sequence", envelope.sequence());
        json.writeEndObject();
    }

    /**
     * Reads a message.
     *
     * @throws IllegalArgumentException if it is not of the form above
     */
    static List<Envelope> read(String message) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), message)) {
            List<Envelope> envelopes = new ArrayList<>();
            if (json.nextToken() == JsonToken.START_ARRAY) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    envelopes.add(readOne(json));
                }
            } else {
                envelopes.add(readOne(json));
            }
            return envelopes;
        } catch (JacksonException | DateTimeException e) {
            throw new IllegalArgumentException("Not a like event", e);
        }
    }

    private static Envelope readOne(JsonParser json) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("A like event is a JSON object");
        }
        String userIgn = null;
        String eventType = null;
        String source = null;
        Instant timestamp = Instant.EPOCH;
        long newDelta = 0;
        long sequence = 0;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String member = json.currentName();
            json.nextToken();
            switch (member) {
                case "userIgn" -> userIgn = text(json);
                case "eventType" -> eventType = text(json);
                case "sourceInstanceId" -> source = text(json);
                case "timestamp" -> timestamp = Instant.parse(text(json));
                case "newDelta" -> newDelta = json.getLongValue();
                case "sequence" -> sequence = json.getLongValue();
                default -> json.skipChildren();
            }
        }
        boolean liked = switch (required("eventType", eventType)) {
            case "LIKE" -> true;
            case "UNLIKE" -> false;
            default -> throw new IllegalArgumentException("eventType is LIKE or UNLIKE");
        };
        CharacterName name = new CharacterName(required("userIgn", userIgn));
        return new Envelope(
                LikeEvent.of(liked, name, newDelta, timestamp), required("sourceInstanceId", source), sequence);
    }

    private static String text(JsonParser json) {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new IllegalArgumentException(json.currentName() + " is a string");
        }
        return json.getString();
    }

    private static String required(String member, @Nullable String value) {
        if (value == null) {
            throw new IllegalArgumentException("A like event needs " + member);
        }
        return value;
    }
}
