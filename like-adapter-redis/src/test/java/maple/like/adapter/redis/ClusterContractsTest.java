package maple.like.adapter.redis;

import static org.assertj.core.api.Assertions.assertThat;

/** On a cluster where each partition has a node of its own. */
class ClusterContractsTest extends RedisContracts {
    @Override
    Server newServer() {
        TestCluster cluster = TestCluster.started();
        assertThat(cluster.ownerOf("{likes:0}:relations")).isNotEqualTo(cluster.ownerOf("{likes:1}:relations"));
        return new Server(cluster.uri(), cluster::masterCommands, cluster);
    }
}
