package maple.like.adapter.redis;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.api.sync.RedisCommands;

/** A user who may do everything, with a password that a URI has to escape. */
final class TestUser {
    static final String NAME = "likes";
    static final String PASSWORD_IN_URI = "s%40cret%2F1";

    private TestUser() {}

    static void addTo(RedisCommands<?, ?> server) {
        server.aclSetuser(
                NAME,
                AclSetuserArgs.Builder.on()
                        .addPassword("s@cret/1")
                        .allKeys()
                        .allChannels()
                        .allCommands());
    }
}
