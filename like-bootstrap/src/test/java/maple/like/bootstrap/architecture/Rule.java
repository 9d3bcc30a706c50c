package maple.like.bootstrap.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.CanBeAnnotated;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** The rules, each a function of the base package, so that it can be tried on a fixture that breaks it. */
enum Rule {
    THE_DOMAIN_NEEDS_THE_JDK_ALONE("other teams embed it", Whitelist.OF_THE_DOMAIN::rule),
    WHAT_THE_APPLICATION_SHARES_NEEDS_THE_DOMAIN_ALONE(
            "every ring stands on it", Whitelist.OF_WHAT_THE_APPLICATION_SHARES::rule),
    PORTS_IN_NEED_THE_DOMAIN_ALONE("whoever calls them must not learn what is behind", Whitelist.OF_PORTS_IN::rule),
    PORTS_OUT_NEED_THE_DOMAIN_AND_A_LISTENER_ALONE(
            "whoever implements them must not learn who calls", Whitelist.OF_PORTS_OUT::rule),
    SERVICES_NEED_THE_PORTS_AND_THE_DOMAIN_ALONE("they run without any framework", Whitelist.OF_SERVICES::rule),
    THE_FALLBACK_NEEDS_THE_PORTS_OUT_AND_THE_DOMAIN_ALONE(
            "it decides the same whatever the buffer and the store are", Whitelist.OF_THE_FALLBACK::rule),
    THE_DIRECTORY_NEEDS_THE_PORTS_OUT_AND_THE_DOMAIN_ALONE(
            "it asks whoever the operator is", Whitelist.OF_THE_DIRECTORY::rule),
    THE_MEMORY_NEEDS_THE_PORTS_OUT_AND_THE_DOMAIN_ALONE(
            "it decides by the rules of the buffer, wherever its changes go", Whitelist.OF_THE_MEMORY::rule),
    THE_REDIS_ADAPTER_NEEDS_LETTUCE_AND_CAFFEINE_ALONE(
            "a team without Spring can construct it", Whitelist.OF_THE_REDIS_ADAPTER::rule),
    THE_JPA_ADAPTER_NEEDS_HIBERNATE_ALONE("a team without Spring can construct it", Whitelist.OF_THE_JPA_ADAPTER::rule),
    THE_WEB_ADAPTER_NEEDS_SPRING_AND_CAFFEINE_ALONE("it knows of no store", Whitelist.OF_THE_WEB_ADAPTER::rule),
    THE_NEXON_ADAPTER_NEEDS_THE_JDK_AND_JACKSON_ALONE(
            "a team without Spring can construct it", Whitelist.OF_THE_NEXON_ADAPTER::rule),

    EVERY_PACKAGE_HAS_A_WHITELIST(
            "a new one would escape the rules above",
            base -> classes()
                    .that()
                    .resideInAPackage(base + "..")
                    .should()
                    .resideInAnyPackage(Stream.concat(
                                    Stream.of(Part.BOOTSTRAP),
                                    Arrays.stream(Whitelist.values()).map(whitelist -> whitelist.part))
                            .map(part -> part.under(base))
                            .toArray(String[]::new))),

    NOBODY_DEPENDS_ON_BOOTSTRAP(
            "it is the only place that knows every module",
            base -> noClasses()
                    .that()
                    .resideOutsideOfPackage(Part.BOOTSTRAP.under(base))
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(Part.BOOTSTRAP.under(base))),
    ADAPTERS_DO_NOT_KNOW_EACH_OTHER(
            "each can be replaced alone",
            base -> slices().matching(base + ".adapter.(*)..").should().notDependOnEachOther()),
    THE_APPLICATION_KNOWS_NO_ADAPTER(
            "dependencies point inwards",
            base -> noClasses()
                    .that()
                    .resideInAnyPackage(Part.under(base, Part.DOMAIN, Part.APPLICATION))
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(Part.ADAPTERS.under(base))),
    THE_DRIVING_ADAPTER_USES_NO_PORT_OUT(
            "what the outside may do is decided by a use case",
            base -> noClasses()
                    .that()
                    .resideInAPackage(Part.WEB.under(base))
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(Part.PORTS_OUT.under(base))),
    DRIVEN_PARTS_CALL_THE_LISTENER_AND_NO_OTHER_PORT_IN(
            "they are called, except where an event arrives",
            base -> noClasses()
                    .that()
                    .resideInAnyPackage(Part.under(base, Part.PORTS_OUT, Part.REDIS, Part.JPA, Part.NEXON))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(Part.PORTS_IN.under(base))
                            .and(describe(
                                    "are no LikeEventListener",
                                    type -> !type.getSimpleName().equals("LikeEventListener"))))),
    PORTS_KNOW_NO_SERVICE(
            "a promise does not depend on who keeps it",
            base -> noClasses()
                    .that()
                    .resideInAnyPackage(Part.under(base, Part.PORTS_IN, Part.PORTS_OUT))
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(Part.SERVICES.under(base))),
    PACKAGES_ARE_FREE_OF_CYCLES(
            "each can be read alone",
            base -> slices().matching(base + ".(**)").should().beFreeOfCycles()),
    THE_JPA_ADAPTER_ALONE_SPEAKS_SQL(
            "what is in the database is the store's own affair",
            base -> noClasses()
                    .that()
                    .resideOutsideOfPackages(Part.under(base, Part.JPA, Part.BOOTSTRAP))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("java.sql..", "javax.sql..", "jakarta.persistence..")),
    PERSISTENCE_GOES_WITHOUT_SPRING_DATA(
            "statements and transactions are visible in the code",
            base -> noClasses()
                    .that()
                    .resideInAPackage(base + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("..org.springframework.data..")),

    SERVICES_ARE_HIDDEN_BEHIND_ONE_FACTORY("a caller sees ports alone", Door.OF_SERVICES::rule),
    THE_REDIS_ADAPTER_SHOWS_ITS_DOOR_AND_SETTINGS_ALONE("the rest is free to change", Door.OF_THE_REDIS_ADAPTER::rule),
    THE_JPA_ADAPTER_SHOWS_ITS_DOOR_AND_SETTINGS_ALONE("the rest is free to change", Door.OF_THE_JPA_ADAPTER::rule),
    THE_WEB_ADAPTER_SHOWS_ITS_DOOR_AND_SETTINGS_ALONE("the rest is free to change", Door.OF_THE_WEB_ADAPTER::rule),
    THE_NEXON_ADAPTER_SHOWS_ITS_DOOR_AND_SETTINGS_ALONE("the rest is free to change", Door.OF_THE_NEXON_ADAPTER::rule),
    BOOTSTRAP_SHOWS_THE_APPLICATION_AND_ITS_PROPERTIES_ALONE("nobody calls it", Door.OF_BOOTSTRAP::rule),

    PORTS_HOLD_PROMISES_ALONE(
            "who keeps them is elsewhere",
            base -> classes()
                    .that()
                    .resideInAnyPackage(Part.under(base, Part.PORTS_IN, Part.PORTS_OUT))
                    .should(be(
                            "interfaces, records or enums",
                            type -> type.isInterface() || type.isRecord() || type.isEnum()))),
    SERVICES_ARE_NAMED_AFTER_THEIR_PORT(
            "a file is found by guessing its name",
            base -> classes()
                    .that()
                    .resideInAPackage(Part.SERVICES.under(base))
                    .and()
                    .areTopLevelClasses()
                    .and(describe("are no package", type -> !isPackage(type)))
                    .and()
                    .doNotHaveSimpleName("LikeUseCases")
                    .should(be(
                            "a port in, with Service behind its name",
                            type -> type.getRawInterfaces().stream()
                                    .filter(resideInAnyPackage(Part.PORTS_IN.under(base)))
                                    .anyMatch(port -> type.getSimpleName().equals(port.getSimpleName() + "Service"))))),
    WHO_KEEPS_A_PORT_OUT_IS_NAMED_AFTER_ITS_TECHNOLOGY(
            "a file is found by guessing its name",
            base -> classes()
                    .that()
                    .resideInAnyPackage(Part.under(base, Part.REDIS, Part.JPA, Part.NEXON))
                    .and(describe(
                            "implement a port out",
                            type -> type.getRawInterfaces().stream()
                                    .anyMatch(resideInAnyPackage(Part.PORTS_OUT.under(base)))))
                    .should(be(
                            "named after their technology",
                            type -> prefixes(base, type).stream()
                                    .anyMatch(prefix -> type.getSimpleName().startsWith(prefix))))),
    NAMES_SAY_WHAT_A_TYPE_IS(
            "these words fit everything",
            base -> classes()
                    .that()
                    .resideInAPackage(base + "..")
                    .should(be(
                            "named without " + Words.EMPTY,
                            type -> words(type.getSimpleName()).noneMatch(Words.EMPTY::contains)))),
    CLASSES_ARE_FINAL(
            "what is not made for inheritance does not offer it",
            base -> classes()
                    .that()
                    .resideInAPackage(base + "..")
                    .and()
                    .areNotInterfaces()
                    .and()
                    .areNotEnums()
                    .and()
                    .areNotAnonymousClasses()
                    .should(be(
                            "final, unless abstract or made by a framework",
                            type -> type.getModifiers().contains(JavaModifier.FINAL)
                                    || type.getModifiers().contains(JavaModifier.ABSTRACT)
                                    || isMadeByFramework(type)))),
    THE_DOMAIN_NEVER_CHANGES_A_VALUE(
            "any number of threads may share it",
            base -> fields().that()
                    .areDeclaredInClassesThat()
                    .resideInAPackage(Part.DOMAIN.under(base))
                    .should()
                    .beFinal()),
    PACKAGES_ARE_NULL_MARKED(
            "the compiler checks for null what is marked",
            base -> classes()
                    .that()
                    .resideInAPackage(base + "..")
                    .and()
                    .resideOutsideOfPackage(Part.DOMAIN.under(base))
                    .should(be("in a package that is @NullMarked", Rule::isInNullMarkedPackage))),
    THE_DOMAIN_IS_NOT_NULL_MARKED(
            "the annotation is not part of the JDK",
            base -> classes()
                    .that()
                    .resideInAPackage(Part.DOMAIN.under(base))
                    .and(describe("are no package", type -> !isPackage(type)))
                    .should(be("in a package without @NullMarked", type -> !isInNullMarkedPackage(type)))),

    TIME_IS_GIVEN_BY_CONSTRUCTOR("a test holds the clock in its hand", Ambient.TIME::rule),
    RANDOMNESS_IS_GIVEN_BY_CONSTRUCTOR("a test repeats what it has seen", Ambient.RANDOMNESS::rule),
    NOBODY_SLEEPS("a sleep is either too short or too long", Ambient.PAUSES::rule),
    NOBODY_PRINTS("what is to be read goes to the log", base -> doNot(base, "print", Rule::isPrinting)),
    ONE_CLASS_RUNS_SCRIPTS(
            "digests, and what to do where Redis lacks them, are known in one place",
            base -> doNot(
                    base,
                    "run scripts, except LuaScript",
                    access -> access.getTarget().getName().matches("eval(sha)?(ReadOnly)?|scriptLoad")
                            && !access.getOriginOwner().getSimpleName().equals("LuaScript"))),
    FIELDS_ARE_NOT_INJECTED(
            "what a class needs is in its constructor",
            base -> fields().that()
                    .areDeclaredInClassesThat()
                    .resideInAPackage(base + "..")
                    .should(new ArchCondition<>("not be injected") {
                        @Override
                        public void check(JavaField field, ConditionEvents events) {
                            if (isAnnotated(field, Words.INJECTING)) {
                                events.add(violated(field, field.getDescription() + " is injected"));
                            }
                        }
                    })),
    TRANSACTIONS_ARE_VISIBLE_IN_THE_CODE(
            "an annotation hides where they begin and end",
            base -> classes()
                    .that()
                    .resideInAPackage(base + "..")
                    .should(be(
                            "without @Transactional",
                            type -> Stream.concat(Stream.of(type), type.getMethods().stream())
                                    .noneMatch(annotated -> isAnnotated(annotated, Set.of("Transactional"))))));

    private static final Map<Part, Set<String>> TECHNOLOGIES =
            Map.of(Part.REDIS, Set.of("Redis", "Cached"), Part.JPA, Set.of("Jpa"), Part.NEXON, Set.of("Nexon"));

    private final String reason;
    private final Function<String, ArchRule> rule;

    Rule(String reason, Function<String, ArchRule> rule) {
        this.reason = reason;
        this.rule = rule;
    }

    ArchRule under(String base) {
        return rule.apply(base).as(sentence()).because(reason);
    }

    String sentence() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    @Override
    public String toString() {
        return sentence();
    }

    /** Words that rules look for. */
    private static final class Words {
        static final Set<String> EMPTY =
                Set.of("Port", "Ports", "Impl", "Manager", "Managers", "Util", "Utils", "Helper", "Helpers");
        static final Set<String> INJECTING =
                Set.of("Autowired", "Inject", "Resource", "Value", "PersistenceContext", "PersistenceUnit");
        static final Set<String> MADE_BY_A_FRAMEWORK = Set.of("Entity");
    }

    private static ArchCondition<JavaClass> be(String description, Predicate<JavaClass> good) {
        return new ArchCondition<>("be " + description) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (!good.test(type)) {
                    events.add(violated(type, type.getDescription() + " is not " + description));
                }
            }
        };
    }

    private static ArchRule doNot(String base, String description, Predicate<JavaAccess<?>> bad) {
        return classes().that().resideInAPackage(base + "..").should(new ArchCondition<>("not " + description) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getAccessesFromSelf().stream()
                        .filter(bad)
                        .forEach(access -> events.add(violated(type, access.getDescription())));
            }
        });
    }

    private static boolean isPrinting(JavaAccess<?> access) {
        String name = access.getTarget().getName();
        return name.equals("printStackTrace")
                || (access.getTargetOwner().isEquivalentTo(System.class)
                        && Set.of("out", "err").contains(name));
    }

    private static boolean isPackage(JavaClass type) {
        return type.getSimpleName().equals("package-info");
    }

    private static Set<String> prefixes(String base, JavaClass type) {
        return TECHNOLOGIES.entrySet().stream()
                .filter(technology ->
                        resideInAnyPackage(technology.getKey().under(base)).test(type))
                .findAny()
                .orElseThrow()
                .getValue();
    }

    private static Stream<String> words(String name) {
        return Arrays.stream(name.split("(?=\\p{Lu})"));
    }

    private static boolean isMadeByFramework(JavaClass type) {
        return isAnnotated(type, Words.MADE_BY_A_FRAMEWORK)
                || type.isMetaAnnotatedWith("org.springframework.context.annotation.Configuration");
    }

    private static boolean isAnnotated(CanBeAnnotated annotated, Set<String> names) {
        return annotated.isAnnotatedWith(describe(
                "named " + names,
                (JavaAnnotation<?> annotation) ->
                        names.contains(annotation.getRawType().getSimpleName())));
    }

    private static boolean isInNullMarkedPackage(JavaClass type) {
        return type.getPackage().isAnnotatedWith(NullMarked.class);
    }
}
