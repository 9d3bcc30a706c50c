package maple.like.bootstrap;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maple.like.application.LikesUnavailableException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.MapPropertySource;

/** What the commands beside the service share: they have its configuration, and print to standard output, not to the log. */
interface Command {
    /** The commands by name. */
    Map<String, Command> ALL = Map.of(
            AuditCommand.NAME, AuditCommand::run,
            AdoptCommand.NAME, AdoptCommand::run,
            SchemaCommand.NAME, SchemaCommand::run,
            CharactersCommand.NAME, CharactersCommand::run,
            EraseCommand.NAME, EraseCommand::run);

    /**
     * Runs.
     *
     * @param arguments the first is the name of the command
     * @return the exit code
     */
    int run(PrintStream out, String... arguments);

    /** The command that arguments name, if any. */
    static Optional<Command> named(String... arguments) {
        return arguments.length == 0 ? Optional.empty() : Optional.ofNullable(ALL.get(arguments[0]));
    }

    /** The first argument that sets no property. */
    static Optional<String> unknownAmong(List<String> properties) {
        return properties.stream()
                .filter(property -> !property.startsWith("--") || !property.contains("="))
                .findFirst();
    }

    /** Starts the beans that a command asks for, and no others. Changes no tables. */
    static ConfigurableApplicationContext start(String name, List<String> properties) {
        SpringApplication application = new SpringApplication(AuditWiring.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setLazyInitialization(true);
        application.setDefaultProperties(
                Map.of("logging.threshold.console", "off", "spring.datasource.hikari.maximum-pool-size", "4"));
        application.addInitializers(context -> context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(name, Map.of("spring.flyway.enabled", "false"))));
        return application.run(properties.toArray(String[]::new));
    }

    /** Why a command failed, in the words of the server if it said anything. */
    static String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigurationException wrong) {
                return wrong.getMessage() + " " + wrong.action();
            }
            if (cause instanceof LikesUnavailableException && cause.getCause() != null) {
                return cause.getMessage() + " ("
                        + NestedExceptionUtils.getMostSpecificCause(cause).getMessage() + ")";
            }
        }
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
