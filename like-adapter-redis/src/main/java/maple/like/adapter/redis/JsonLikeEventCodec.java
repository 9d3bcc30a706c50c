package maple.like.adapter.redis;

import java.util.List;
import maple.like.application.port.out.LikeEventCodec;
import maple.like.domain.PublishedLikeEvent;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The JSON of messages, whose fields {@link PublishedLikeEvent} describes. */
public final class JsonLikeEventCodec implements LikeEventCodec {
    private final JsonMapper json = new JsonMapper();

    @Override
    public String write(List<PublishedLikeEvent> events) {
        return json.writeValueAsString(
                events.size() == 1
                        ? events.get(0).fields()
                        : events.stream().map(PublishedLikeEvent::fields).toList());
    }

    @Override
    public List<PublishedLikeEvent> read(String message) {
        Object value;
        try {
            value = json.readValue(message, Object.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("A message is JSON", e);
        }
        return PublishedLikeEvent.ofMessage(value);
    }
}
