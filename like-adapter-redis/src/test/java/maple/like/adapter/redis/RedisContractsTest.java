package maple.like.adapter.redis;

class RedisContractsTest extends RedisContracts {
    @Override
    Server newServer() {
        return Server.of(TestRedis.started());
    }
}
