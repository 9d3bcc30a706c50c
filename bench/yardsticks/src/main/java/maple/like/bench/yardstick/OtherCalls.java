package maple.like.bench.yardstick;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import maple.like.adapter.web.StreamMonitor;
import maple.like.adapter.web.StreamSettings;
import maple.like.application.port.in.EraseAccount;
import maple.like.application.port.in.ListLikes;
import maple.like.application.port.in.ReadRanking;
import maple.like.application.port.in.WatchLikes;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.GameCharacter;
import maple.like.domain.LikeCount;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The calls of the API that no yardstick has: they answer nothing. */
@Configuration(proxyBeanMethods = false)
class OtherCalls {
    @Bean
    ReadRanking readRanking() {
        return limit -> new ReadRanking.Ranking(Instant.EPOCH, List.of());
    }

    @Bean
    ListLikes listLikes() {
        return new ListLikes() {
            @Override
            public Likers likers(Viewer viewer, CharacterName name, Request page) {
                return new Likers.NoSuchCharacter();
            }

            @Override
            public Page<LikedCharacter> likes(AccountId account, Request page) {
                return new Page<>(List.of(), null);
            }
        };
    }

    @Bean
    EraseAccount eraseAccount() {
        return new EraseAccount() {
            @Override
            public Erased erase(AccountId account) {
                return new Erased(0, Map.of());
            }

            @Override
            public List<AccountId> interrupted() {
                return List.of();
            }
        };
    }

    @Bean
    WatchLikes watchLikes() {
        return new WatchLikes() {
            @Override
            public Map<CharacterName, GameCharacter> find(Collection<CharacterName> names) {
                return Map.of();
            }

            @Override
            public Map<GameCharacter, LikeCount> counts(Collection<GameCharacter> characters) {
                return Map.of();
            }

            @Override
            public boolean notifies() {
                return true;
            }

            @Override
            public void watch(Watcher watcher) {}
        };
    }

    @Bean
    StreamSettings streamSettings() {
        return new StreamSettings(1, 0, Duration.ofDays(1));
    }

    @Bean
    StreamMonitor streamMonitor() {
        return new StreamMonitor() {
            @Override
            public void opened() {}

            @Override
            public void refused() {}

            @Override
            public void sent(int counts) {}

            @Override
            public void dropped() {}

            @Override
            public void closed(Reason reason) {}
        };
    }
}
