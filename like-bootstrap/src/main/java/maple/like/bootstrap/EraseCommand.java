package maple.like.bootstrap;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maple.like.application.port.in.EraseAccount;
import maple.like.application.port.in.EraseAccount.Erased;
import maple.like.domain.AccountId;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * {@code erase --account ID}: erases an account, beside the service and with its configuration. Prints what is left on
 * standard output.
 */
final class EraseCommand {
    static final String NAME = "erase";

    /** Nothing is left. */
    static final int ERASED = 0;

    /** The account gave likes meanwhile. */
    static final int LEFT = 1;

    /** Not erased, or not completely. */
    static final int FAILED = 2;

    private static final String ACCOUNT = "--account";
    private static final String USAGE = "Usage: erase --account ID [--property=value …]";

    private EraseCommand() {}

    static int run(PrintStream out, String... arguments) {
        List<String> properties = new ArrayList<>();
        String id = "";
        for (int i = 1; i < arguments.length; i++) {
            if (arguments[i].equals(ACCOUNT) && i + 1 < arguments.length) {
                id = arguments[++i];
            } else if (arguments[i].startsWith(ACCOUNT + "=")) {
                id = arguments[i].substring(ACCOUNT.length() + 1);
            } else {
                properties.add(arguments[i]);
            }
        }
        Optional<String> unknown = Command.unknownAmong(properties);
        if (id.isEmpty() || unknown.isPresent()) {
            out.println(USAGE);
            out.println("Nothing was erased: "
                    + unknown.map(argument -> "unknown argument " + argument).orElse(ACCOUNT + " is missing"));
            return FAILED;
        }
        // Its events are not those of an instance that has the same configuration.
        properties.add("--app.instance-id=" + NAME + "-${random.uuid}");
        try (ConfigurableApplicationContext context = Command.start(NAME, properties)) {
            EraseAccount erasing = context.getBeanProvider(EraseAccount.class).getIfAvailable();
            if (erasing == null) {
                throw new ConfigurationException(
                        "like.buffer.strategy is in-memory: the likes are in the memory of another process.",
                        "Have that process erase the account: DELETE /api/v2/accounts/{accountId}/likes.");
            }
            Erased erased = erasing.erase(new AccountId(id));
            out.println(erased.removed() + " likes were taken back. Left: " + left(erased.left()));
            return erased.left().isEmpty() ? ERASED : LEFT;
        } catch (RuntimeException e) {
            out.println("The erasure is not complete; run it again: " + Command.reason(e));
            return FAILED;
        }
    }

    private static String left(Map<String, Long> left) {
        return left.isEmpty() ? "0" : new TreeMap<>(left) + ", of likes that the account gave meanwhile";
    }
}
