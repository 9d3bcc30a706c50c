package maple.like.adapter.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisNodesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redis://a:1                                    | a:1           | false | false",
                "redis://a                                      | a:6379        | false | false",
                "rediss://user:secret@a:1/3                     | a:1           | false | true",
                "redis-sentinel://secret@a:1,b:2/0#main         | a:1, b:2      | false | false",
                "redis-cluster://a:1,b,c:3                      | a:1, b:6379, c:3 | true | false",
                "redis-cluster://a:1/                           | a:1           | true | false",
                "rediss-cluster://user:secret@a:1,[::1]:2       | a:1, [::1]:2  | true | true",
                "redis-cluster://user:s%40cret@a:1?clientName=x | a:1           | true | false"
            })
    void eachFormIsRead(String uri, String shown, boolean cluster, boolean ssl) {
        RedisNodes nodes = RedisNodes.parse(uri);
        assertThat(nodes.toString().replace("0:0:0:0:0:0:0:1", "::1")).isEqualTo(shown);
        assertThat(nodes.isCluster()).isEqualTo(cluster);
        assertThat(nodes.uris()).allSatisfy(each -> assertThat(each.isSsl()).isEqualTo(ssl));
    }

    @ParameterizedTest
    @CsvSource({
        "redis://a:1, 0",
        "redis://a:1/0, 0",
        "rediss://user:secret@a:1/3, 3",
        "redis-sentinel://a:1/2#main, 2",
        "redis-cluster://a:1, 0"
    })
    void theDatabaseIsPartOfTheUri(String uri, int database) {
        assertThat(RedisNodes.parse(uri).database()).isEqualTo(database);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "http://a:1",
                "redis-cluster://",
                "redis-cluster://a:1,,b:2",
                "redis-cluster://a:many",
                "redis-cluster://user:secret@",
                "redis-cluster://user:secret@a:1/2",
                "redis-cluster://user:secret@a:1#main",
                "rediss://user:secret@[nowhere"
            })
    void whatIsNoUriIsRefusedWithoutQuotingIt(String uri) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisNodes.parse(uri))
                .withMessage("Not the URI of a Redis")
                .withNoCause();
    }
}
