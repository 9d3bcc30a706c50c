package maple.like.bootstrap.architecture;

import static com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** The rules, each with a fixture that breaks it. */
enum Rule {
    EVERY_PACKAGE_HAS_A_WHITELIST(types("", type -> Part.of(type).isPresent()), """
            package maple.like.adapter.kafka;
            class BadPackage {}
            """),
    THE_DOMAIN_USES_THE_JDK_ALONE(every(".domain", Part::forbiddenDependencies), """
            package maple.like.application;
            public class Other {}
            package maple.like.domain;
            class BadDomainKnowsApplication { maple.like.application.Other other; }
            class BadDomainLogs { org.slf4j.Logger log; }
            class BadDomainReadsFiles { java.nio.file.Path file; }
            class Good { java.util.List<String> names; }
            """),
    THE_APPLICATION_USES_THE_DOMAIN_AND_NO_FRAMEWORK(every(".application", Part::forbiddenDependencies), """
            package maple.like.domain;
            public class Value {}
            package maple.like.adapter.redis;
            public class Adapter {}
            package maple.like.application.service;
            public class BadServiceKnowsAdapter { maple.like.adapter.redis.Adapter adapter; }
            @org.springframework.stereotype.Service class BadServiceIsABean {}
            class BadServiceSpeaksSql { java.sql.Connection connection; }
            class Good { maple.like.domain.Value value; }
            package maple.like.application.port.in;
            interface BadPortKnowsService { maple.like.application.service.BadServiceKnowsAdapter service(); }
            package maple.like.application.port.out;
            interface BadPortIsReactive { org.reactivestreams.Publisher<String> events(); }
            """),
    ADAPTERS_USE_THEIR_PORTS_AND_LIBRARIES_AND_KNOW_NO_OTHER_ADAPTER(
            every(".adapter", Part::forbiddenDependencies), """
            package maple.like.application.port.in;
            public interface ToggleLike {}
            package maple.like.application.port.out;
            public interface LikeToggle {}
            package maple.like.bootstrap;
            public class Wiring {}
            package maple.like.adapter.redis;
            public class Good { io.lettuce.core.RedisClient client; maple.like.application.port.out.LikeToggle[] ports; }
            class BadRedisKnowsBootstrap { maple.like.bootstrap.Wiring wiring; }
            class BadRedisCallsUseCase { maple.like.application.port.in.ToggleLike useCase; }
            class BadRedisUsesSpring { org.springframework.context.ApplicationContext context; }
            class BadRedisSpeaksSql { java.sql.Connection connection; }
            package maple.like.adapter.jpa;
            class BadJpaKnowsRedis { maple.like.adapter.redis.Good redis; }
            class BadJpaUsesSpring { @org.springframework.transaction.annotation.Transactional void commit() {} }
            class BadJpaUsesLettuce { io.lettuce.core.RedisClient client; }
            package maple.like.adapter.web;
            class BadWebKnowsRedis { maple.like.adapter.redis.Good redis; }
            class BadWebCallsPortOut { maple.like.application.port.out.LikeToggle port; }
            class BadWebSpeaksSql { jakarta.persistence.EntityManager entities; }
            package maple.like.adapter.web.nexon;
            class BadNexonUsesSpring { org.springframework.web.client.RestClient client; }
            """),
    PACKAGES_ARE_FREE_OF_CYCLES(slices().matching(Part.BASE + ".(**)").should().beFreeOfCycles(), """
            package maple.like.bootstrap;
            public class BadParent { maple.like.bootstrap.local.BadChild child; }
            package maple.like.bootstrap.local;
            public class BadChild { maple.like.bootstrap.BadParent parent; }
            """),

    PACKAGES_SHOW_THE_TYPES_THAT_THE_TABLE_NAMES_AND_HIDE_THE_REST(
            types("", type -> Part.of(type).map(part -> part.mayShow(type)).orElse(true)), """
            package maple.like.application.service;
            public class BadToggleLikeService {}
            class Hidden { public static class InsideOfIt {} }
            package maple.like.adapter.jpa;
            public interface BadRows {}
            package maple.like.domain;
            public class Value {}
            """),
    PORTS_ARE_INTERFACES_WITH_RECORDS_AND_ENUMS(
            types(".application.port", type -> type.isInterface() || type.isRecord() || type.isEnum()), """
            package maple.like.application.port.in;
            abstract class BadPort {}
            package maple.like.application.port.out;
            interface LikeToggle { record Answer(Kind kind) {} enum Kind { LIKED } }
            """),
    PORTS_HAVE_SEVEN_METHODS_AT_MOST(
            types(
                    ".application.port",
                    type -> type.getMethods().stream()
                                    .filter(method -> !method.getModifiers().contains(SYNTHETIC))
                                    .count()
                            <= (type.isInterface() ? 7 : Integer.MAX_VALUE)),
            """
            package maple.like.application.port.out;
            interface BadLikes { void a(); void b(); void c(); void d(); void e(); void f(); void g(); default void h() {} }
            interface Likes { void a(); void b(); void c(); void d(); void e(); void f(); default void g() {} }
            """),
    NAMES_SAY_WHAT_A_TYPE_IS(
            types("", type -> !type.getSimpleName().matches(".*(Port|Impl|Manager|Util|Helper)s?([A-Z].*)?")), """
            package maple.like.domain;
            class BadHelper {}
            class BadImpl {}
            class BadUtilsOfText {}
            class Important {}
            """),
    CLASSES_ARE_FINAL_UNLESS_A_FRAMEWORK_EXTENDS_THEM(types("", Rule::isFinal), """
            package maple.like.adapter.jpa;
            class BadStore {}
            final class Store { final Runnable anonymous = new Runnable() { public void run() {} }; }
            @jakarta.persistence.Entity class Row {}
            package maple.like.bootstrap;
            @org.springframework.context.annotation.Configuration class Wiring {}
            """),
    THE_DOMAIN_IS_IMMUTABLE(
            every(
                    ".domain",
                    type -> type.getFields().stream().filter(Rule::isMutable).map(JavaField::getDescription)),
            """
            package maple.like.domain;
            class BadCounter { int count; }
            record Value(int count) {}
            """),
    PACKAGES_ARE_NULL_MARKED(types("", Rule::isNullMarkedUnlessInDomain), """
            package maple.like.application;
            class BadlyUnmarked {}
            @org.jspecify.annotations.NullMarked package maple.like.bootstrap;
            class Marked {}
            package maple.like.domain;
            class Value {}
            """),
    FRAMEWORKS_INJECT_NO_FIELDS_AND_WEAVE_NO_TRANSACTIONS(types("", type -> !isWoven(type)), """
            package maple.like.bootstrap;
            class BadField { @org.springframework.beans.factory.annotation.Value("") String value; }
            class BadInjection { @org.springframework.beans.factory.annotation.Autowired Runnable task; }
            class BadMethod { @org.springframework.transaction.annotation.Transactional void commit() {} }
            @jakarta.transaction.Transactional class BadType {}
            class Good { Good(@org.springframework.beans.factory.annotation.Value("") String value) {} }
            """),

    TIME_COMES_IN_BY_CONSTRUCTOR(every("", Calls.TIME::forbidden), """
            package maple.like.application;
            class BadNow { Object now() { return java.time.LocalDate.now(java.time.ZoneId.of("Z")); } }
            class BadReference { java.util.function.Supplier<?> now = java.time.Instant::now; }
            class BadMillis { long now() { return System.currentTimeMillis(); } }
            class BadNanos { long now() { return System.nanoTime(); } }
            class BadClock { Object clock = java.time.Clock.systemUTC(); }
            class BadTicks { Object clock = java.time.Clock.tickMillis(java.time.ZoneId.of("Z")); }
            class BadDate { Object now = new java.util.Date(); }
            class BadTicker { Object ticker = com.github.benmanes.caffeine.cache.Ticker.systemTicker(); }
            class BadMeter { Object clock = io.micrometer.core.instrument.Clock.SYSTEM; }
            class Good { Object now(java.time.Clock clock) { return java.time.Instant.now(clock); } }
            """),
    RANDOMNESS_COMES_IN_BY_CONSTRUCTOR(every("", Calls.RANDOMNESS::forbidden), """
            package maple.like.application;
            class BadMath { double random() { return Math.random(); } }
            class BadRandom { Object random = new java.util.Random(); }
            class BadSecret { Object random = new java.security.SecureRandom(); }
            class BadThread { Object random = java.util.concurrent.ThreadLocalRandom.current(); }
            class BadGenerator { Object random = java.util.random.RandomGenerator.of("Random"); }
            class BadId { Object id = java.util.UUID.randomUUID(); }
            class BadOrder { void mix(java.util.List<?> list) { java.util.Collections.shuffle(list); } }
            class Good { Object random = new java.util.Random(42); }
            """),
    NOTHING_SLEEPS(every("", Calls.SLEEP::forbidden), """
            package maple.like.application;
            class BadSleep { void sleep() throws Exception { Thread.sleep(1); } }
            class BadUnit { void sleep() throws Exception { java.util.concurrent.TimeUnit.DAYS.sleep(1); } }
            class BadPark { void sleep() { java.util.concurrent.locks.LockSupport.parkNanos(1); } }
            class Good { void await(java.util.concurrent.CountDownLatch done) throws Exception { done.await(); } }
            """),
    NOTHING_PRINTS(every("", Calls.PRINTING::forbidden), """
            package maple.like.application;
            class BadOut { void print() { System.out.println(); } }
            class BadErr { void print() { System.err.println(); } }
            class BadTrace { void print(Exception e) { e.printStackTrace(); } }
            """),
    ONE_CLASS_RUNS_SCRIPTS(every("", Calls.SCRIPTS::forbidden), """
            package maple.like.adapter.redis;
            class BadScript { Object load(io.lettuce.core.api.sync.RedisCommands<?, ?> to) { return to.scriptLoad(""); } }
            class BadDigest { Object run(io.lettuce.core.api.sync.RedisCommands<?, ?> to) { return to.evalsha("", null); } }
            class LuaScript { Object load(io.lettuce.core.api.sync.RedisCommands<?, ?> to) { return to.scriptLoad(""); } }
            """);

    final ArchRule rule;
    final Fixture fixture;

    Rule(ArchRule rule, String fixture) {
        this.rule = rule.as(name().toLowerCase(Locale.ROOT).replace('_', ' '));
        this.fixture = new Fixture(fixture);
    }

    /** Holds if no class in the subpackage, or below it, has a violation. */
    private static ArchRule every(String subpackage, Function<JavaClass, Stream<String>> violations) {
        return classes()
                .that()
                .resideInAPackage(Part.BASE + subpackage + "..")
                .should(new ArchCondition<>("have no violation") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        violations.apply(type).forEach(text -> events.add(violated(type, text)));
                    }
                });
    }

    private static ArchRule types(String subpackage, Predicate<JavaClass> good) {
        return every(subpackage, type -> good.test(type) ? Stream.empty() : Stream.of(type.getDescription()));
    }

    private static boolean isMutable(JavaField field) {
        return !field.getModifiers().contains(FINAL);
    }

    private static boolean isFinal(JavaClass type) {
        return type.getModifiers().contains(FINAL)
                || type.getModifiers().contains(ABSTRACT)
                || type.isEnum()
                || type.isAnonymousClass()
                || type.isAnnotatedWith("jakarta.persistence.Entity")
                || type.isMetaAnnotatedWith("org.springframework.context.annotation.Configuration");
    }

    /** The domain cannot: the annotation is not in the JDK. */
    private static boolean isNullMarkedUnlessInDomain(JavaClass type) {
        return type.getPackageName().equals(Part.BASE + ".domain")
                || type.getPackage().isAnnotatedWith(NullMarked.class);
    }

    private static boolean isWoven(JavaClass type) {
        Set<String> weaving = Set.of(
                "Autowired", "Inject", "Resource", "Value", "PersistenceContext", "PersistenceUnit", "Transactional");
        return Stream.of(Set.of(type), type.getMethods(), type.getFields())
                .flatMap(Set::stream)
                .flatMap(annotated -> annotated.getAnnotations().stream())
                .anyMatch(annotation -> weaving.contains(annotation.getRawType().getSimpleName()));
    }
}
