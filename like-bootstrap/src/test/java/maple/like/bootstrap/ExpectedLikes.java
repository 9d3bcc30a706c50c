package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import maple.like.bootstrap.Service.Answer;

/** The likes after all acknowledged changes, computed without the service. For threads that share no relation. */
final class ExpectedLikes {
    private final Map<String, Set<String>> likers = new ConcurrentHashMap<>();

    ExpectedLikes(Collection<String> names) {
        names.forEach(name -> likers.put(name, ConcurrentHashMap.newKeySet()));
    }

    /** Notes a toggle and returns its answer, which is exact if no other thread changes the character. */
    Answer toggle(String name, String account) {
        set(name, account, !isLiked(name, account));
        return status(name, account);
    }

    void set(String name, String account, boolean liked) {
        if (liked) {
            likers.get(name).add(account);
        } else {
            likers.get(name).remove(account);
        }
    }

    boolean isLiked(String name, String account) {
        return likers.get(name).contains(account);
    }

    Answer status(String name, String account) {
        return new Answer(isLiked(name, account), count(name));
    }

    long count(String name) {
        return likers.get(name).size();
    }

    /** As Redis holds them. */
    Set<String> relations() {
        return likers.entrySet().stream()
                .flatMap(each -> each.getValue().stream().map(account -> account + ":" + Servers.ocid(each.getKey())))
                .collect(Collectors.toSet());
    }

    /** Waits until the tables hold them, and every instance answers with their counts. */
    void awaitEverywhere(Servers servers, Service... instances) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Map<String, Set<String>> stored = new TreeMap<>();
            likers.keySet().forEach(name -> stored.put(name, Set.copyOf(servers.storedLikers(name))));
            assertThat(stored).isEqualTo(likers);
        });
        assertThat(servers.miscounted()).isEmpty();
        for (Service instance : instances) {
            likers.keySet().forEach(name -> await().until(() -> instance.count(name) == count(name)));
            assertThat(instance.metric("like.drift")).isZero();
        }
    }
}
