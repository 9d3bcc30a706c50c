package maple.like.bootstrap.architecture;

import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What code can reach from anywhere, but is to be given by constructor, so that a test holds it in its hand. */
enum Ambient {
    TIME(
            Ambient::isClock,
            Map.of(
                    "bootstrap.LikesWiring", Set.of("Clock.systemUTC", "Ticker.systemTicker"),
                    "adapter.web.SecurityConfiguration", Set.of("System.nanoTime"),
                    // No test takes its place: it waits for a process, whose time nobody can set.
                    "bootstrap.local.LocalRedis", Set.of("System.nanoTime"))),
    RANDOMNESS(
            Ambient::isRandom,
            Map.of(
                    "adapter.web.WebAdapter", Set.of("ThreadLocalRandom.current"),
                    "bootstrap.SyncWiring", Set.of("RandomGenerator.getDefault"),
                    // A secret that could be foreseen would be none.
                    "bootstrap.local.LocalModeEnvironmentPostProcessor", Set.of("SecureRandom.<init>"))),
    PAUSES(
            Ambient::isPause,
            Map.of(
                    "bootstrap.local.LocalRedis", Set.of("LockSupport.parkNanos"),
                    // While clients leave, on the thread that stops everything.
                    "bootstrap.ConnectionDrain", Set.of("LockSupport.parkNanos")));

    private static final Set<String> RANDOM_FACTORIES =
            Set.of("java.util.random.RandomGenerator", "java.util.random.RandomGeneratorFactory");
    private static final Set<String> SEEDED = Set.of("java.util.Random", "java.util.SplittableRandom");

    private final Predicate<AccessTarget> source;

    /** Who may take it from anywhere, and as what; to hand it on, if nothing else is said. */
    final Map<String, Set<String>> takers;

    Ambient(Predicate<AccessTarget> source, Map<String, Set<String>> takers) {
        this.source = source;
        this.takers = takers;
    }

    ArchRule rule(String base) {
        return ArchRuleDefinition.classes()
                .that()
                .resideInAPackage(base + "..")
                .should(new ArchCondition<>("be given it, except " + takers) {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        for (JavaAccess<?> access : type.getAccessesFromSelf()) {
                            if (isTaken(access) && !isTaker(base, access)) {
                                events.add(violated(type, access.getDescription()));
                            }
                        }
                    }
                });
    }

    boolean isTaken(JavaAccess<?> access) {
        return source.test(access.getTarget());
    }

    private boolean isTaker(String base, JavaAccess<?> access) {
        return takers.getOrDefault(takerOf(base, access), Set.of()).contains(takenBy(access));
    }

    static String takerOf(String base, JavaAccess<?> access) {
        String name = access.getOriginOwner().getName().substring(base.length() + 1);
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    static String takenBy(JavaAccess<?> access) {
        return access.getTargetOwner().getSimpleName() + "."
                + access.getTarget().getName();
    }

    private static boolean isClock(AccessTarget target) {
        String owner = target.getOwner().getName();
        String name = target.getName();
        return switch (owner) {
            case "java.lang.System" -> name.equals("currentTimeMillis") || name.equals("nanoTime");
            case "java.time.Clock" -> name.startsWith("system") || (name.startsWith("tick") && !takesClock(target));
            case "java.time.InstantSource" -> name.equals("system");
            case "java.util.Date", "java.util.GregorianCalendar" ->
                isConstructor(target) && parameters(target).isEmpty();
            case "java.util.Calendar" -> name.equals("getInstance");
            case "com.github.benmanes.caffeine.cache.Ticker" -> name.equals("systemTicker");
            case "io.micrometer.core.instrument.Clock" -> name.equals("SYSTEM");
            default -> owner.startsWith("java.time.") && name.equals("now") && !takesClock(target);
        };
    }

    private static boolean isRandom(AccessTarget target) {
        String owner = target.getOwner().getName();
        String name = target.getName();
        return (SEEDED.contains(owner)
                        && isConstructor(target)
                        && parameters(target).isEmpty())
                || (owner.equals("java.security.SecureRandom") && (isConstructor(target) || name.startsWith("getInst")))
                || (owner.equals("java.util.concurrent.ThreadLocalRandom") && name.equals("current"))
                || (RANDOM_FACTORIES.contains(owner)
                        && Set.of("getDefault", "of").contains(name))
                || (owner.equals("java.lang.Math") && name.equals("random"))
                || (owner.equals("java.util.UUID") && name.equals("randomUUID"))
                || (owner.equals("java.util.Collections")
                        && name.equals("shuffle")
                        && parameters(target).size() == 1);
    }

    private static boolean isPause(AccessTarget target) {
        return switch (target.getOwner().getName()) {
            case "java.lang.Thread", "java.util.concurrent.TimeUnit" ->
                target.getName().equals("sleep");
            case "java.util.concurrent.locks.LockSupport" -> target.getName().startsWith("park");
            default -> false;
        };
    }

    private static boolean takesClock(AccessTarget target) {
        return parameters(target).contains("java.time.Clock");
    }

    private static boolean isConstructor(AccessTarget target) {
        return target.getName().equals("<init>");
    }

    private static List<String> parameters(AccessTarget target) {
        return target instanceof CodeUnitAccessTarget called
                ? called.getRawParameterTypes().stream().map(JavaClass::getName).toList()
                : List.of();
    }
}
