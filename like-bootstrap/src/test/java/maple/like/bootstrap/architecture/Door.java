package maple.like.bootstrap.architecture;

import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.Set;

/** The public types of a part that hides the rest. */
enum Door {
    OF_SERVICES(Part.SERVICES, "application.service.LikeUseCases"),
    OF_THE_REDIS_ADAPTER(
            Part.REDIS,
            "adapter.redis.RedisAdapter",
            "adapter.redis.RedisSettings",
            "adapter.redis.RedisNodes",
            "adapter.redis.EventTransport",
            "adapter.redis.CachedCharacterDirectory",
            "adapter.redis.CachedLikes",
            "adapter.redis.CachedLookupDirectory",
            "adapter.redis.CacheSettings"),
    OF_THE_JPA_ADAPTER(
            Part.JPA,
            "adapter.jpa.InstanceLock",
            "adapter.jpa.InstanceLock$Hold",
            "adapter.jpa.JpaLikes",
            "adapter.jpa.LikePersistence"),
    /** Wider than the others: who imports it answers other paths with the same problems and the same tokens. */
    OF_THE_WEB_ADAPTER(
            Part.WEB,
            "adapter.web.WebAdapter",
            "adapter.web.WebSettings",
            "adapter.web.Hs256JwtDecoders",
            "adapter.web.TokenRules",
            "adapter.web.TokenSecurity",
            "adapter.web.Problem",
            "adapter.web.ProblemWriter"),
    OF_THE_NEXON_ADAPTER(Part.NEXON, "adapter.web.nexon.NexonCharacterLookup", "adapter.web.nexon.NexonSettings"),
    OF_BOOTSTRAP(
            Part.BOOTSTRAP,
            "bootstrap.LikeApplication",
            "bootstrap.LikeProperties",
            "bootstrap.local.LocalModeConfiguration");

    final Part part;
    final Set<String> types;

    Door(Part part, String... types) {
        this.part = part;
        this.types = Set.of(types);
    }

    ArchRule rule(String base) {
        return ArchRuleDefinition.classes()
                .that()
                .resideInAPackage(part.under(base))
                .should(new ArchCondition<>("be hidden, except " + types) {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        if (isVisible(type) && !isShown(base, type)) {
                            events.add(violated(type, type.getDescription() + " is public"));
                        }
                    }
                });
    }

    /** The records inside of a record of settings are settings, too. */
    private boolean isShown(String base, JavaClass type) {
        return types.contains(type.getName().substring(base.length() + 1))
                || (type.isRecord()
                        && type.getEnclosingClass()
                                .filter(outer -> isShown(base, outer))
                                .isPresent());
    }

    /** A public type inside of a hidden one is as hidden. */
    static boolean isVisible(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(Door::isVisible).orElse(true);
    }
}
