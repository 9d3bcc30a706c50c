package maple.like.bootstrap;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maple.like.application.port.in.RetireCharacter;
import maple.like.application.port.in.RetireCharacter.Plan;
import maple.like.application.port.in.RetireCharacter.Result;
import maple.like.domain.Ocid;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * {@code characters merge --from OCID --to OCID [--apply]} and {@code characters delete --ocid OCID [--apply]}, beside the
 * service and with its configuration. Changes nothing without {@code --apply}. Prints its result on standard output.
 */
final class CharactersCommand {
    static final String NAME = "characters";

    /** Done, or there was nothing to do. */
    static final int DONE = 0;

    /** There is something to do. */
    static final int TO_DO = 1;

    /** Not carried out, or not completely. */
    static final int FAILED = 2;

    private static final String MERGE = "merge";
    private static final String DELETE = "delete";
    private static final String APPLY = "--apply";
    private static final String USAGE = """
            Usage: characters merge --from OCID --to OCID [--apply] [--property=value …]
                   characters delete --ocid OCID [--apply] [--property=value …]""";

    private CharactersCommand() {}

    static int run(PrintStream out, String... arguments) {
        Request request;
        try {
            request = Request.of(arguments);
        } catch (IllegalArgumentException e) {
            out.println(USAGE);
            out.println("Nothing was changed: " + e.getMessage());
            return FAILED;
        }
        // Its events are not those of an instance that has the same configuration.
        request.properties().add("--app.instance-id=" + NAME + "-${random.uuid}");
        try (ConfigurableApplicationContext context = Command.start(NAME, request.properties())) {
            ObjectProvider<RetireCharacter> characters = context.getBeanProvider(RetireCharacter.class);
            RetireCharacter retirement = characters.getIfAvailable(() -> {
                throw new ConfigurationException(
                        "like.buffer.strategy is in-memory: the likes are in the memory of another process.",
                        "Stop it, and set like.buffer.strategy to redis for this command.");
            });
            LikeProperties properties = context.getBean(LikeProperties.class);
            return run(
                    out, requireNonNull(retirement), request, properties.cache().l1Ttl());
        } catch (RuntimeException e) {
            out.println("The command failed; it can be run again: " + Command.reason(e));
            return FAILED;
        }
    }

    private static int run(PrintStream out, RetireCharacter characters, Request request, Duration cacheTtl) {
        Optional<Plan> found = characters.plan(request.ocid(), request.successor());
        if (found.isEmpty()) {
            out.println("There is no character with the OCID " + request.ocid() + ": nothing to do");
            return DONE;
        }
        Plan plan = found.get();
        out.println("%s (%s) has %d likes%s"
                .formatted(
                        plan.character().name(),
                        request.ocid(),
                        plan.likes(),
                        request.successor() == null
                                ? ", which are taken back"
                                : ", %d of them by accounts that like %s as well"
                                        .formatted(plan.shared(), request.successor())));
        if (!request.apply()) {
            out.println("Nothing was changed: run it with " + APPLY);
            return TO_DO;
        }
        out.println("Waiting %d s (like.cache.l1-ttl) until no instance remembers the character"
                .formatted(cacheTtl.toSeconds()));
        Result result = characters.retire(request.ocid(), request.successor());
        if (!result.removed()) {
            out.println("%d likes were moved or taken back, but the character still has likes: run it again"
                    .formatted(result.likes()));
            return FAILED;
        }
        out.println("%d likes were %s, and the character is gone"
                .formatted(
                        result.likes(),
                        request.successor() == null ? "taken back" : "moved to " + request.successor()));
        return DONE;
    }

    /** What the arguments say. */
    private record Request(Ocid ocid, @Nullable Ocid successor, boolean apply, List<String> properties) {
        static Request of(String... arguments) {
            String action = arguments.length > 1 ? arguments[1] : "";
            List<String> options = switch (action) {
                case MERGE -> List.of("--from", "--to");
                case DELETE -> List.of("--ocid");
                default -> throw new IllegalArgumentException("the first argument is merge or delete");
            };
            Map<String, Ocid> ocids = new HashMap<>();
            List<String> properties = new ArrayList<>();
            boolean apply = false;
            for (int i = 2; i < arguments.length; i++) {
                String[] parts = arguments[i].split("=", 2);
                if (arguments[i].equals(APPLY)) {
                    apply = true;
                } else if (options.contains(parts[0])) {
                    String value = parts.length == 2 ? parts[1] : i + 1 < arguments.length ? arguments[++i] : "";
                    ocids.put(parts[0], new Ocid(value));
                } else if (parts.length == 2 && parts[0].startsWith("--")) {
                    properties.add(arguments[i]);
                } else {
                    throw new IllegalArgumentException("unknown argument " + arguments[i]);
                }
            }
            for (String option : options) {
                if (!ocids.containsKey(option)) {
                    throw new IllegalArgumentException(option + " is missing");
                }
            }
            Ocid ocid = requireNonNull(ocids.get(options.get(0)));
            Ocid successor = action.equals(MERGE) ? ocids.get("--to") : null;
            if (ocid.equals(successor)) {
                throw new IllegalArgumentException("--from and --to are the same");
            }
            return new Request(ocid, successor, apply, properties);
        }
    }
}
