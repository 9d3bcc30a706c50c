package maple.like.application;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Tells when to log an outage: when it begins, when its reason changes, and when it ends. It begins with the first of several
 * parts that fails, and ends when the last of them works again. Safe for use by any number of threads.
 */
public final class Outage {
    private static final int LONGEST_REASON = 300;

    private static final int DEEPEST = 20;

    /** Reasons that alternate must not fill the log. */
    private static final int MOST_REASONS = 10;

    /** Ports and durations make no other reason. */
    private static final Pattern DIGITS = Pattern.compile("\\d+");

    private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}\\s]+");

    /** Redis quotes the arguments of a command that it does not know, passwords included. */
    private static final Pattern ARGUMENTS = Pattern.compile("(with args beginning with:).*");

    private static final Pattern USER_INFO = Pattern.compile("//[^/@\\s]*@");
    private static final Pattern PASSWORD = Pattern.compile("(?i)(pass(?:word|wd)?\\s*[=:]\\s*)[^&;,\\s]+");

    private final LongSupplier nanoTime;
    private final Set<Object> failing = new HashSet<>();
    private final Set<String> reasons = new HashSet<>();
    private long begun;

    /** @param nanoTime by which the length of an outage is measured */
    public Outage(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Notes that a part fails.
     *
     * @return whether this is to be logged: the outage begins, or has another reason than before
     */
    public synchronized boolean fails(Object part, String reason) {
        if (failing.isEmpty()) {
            begun = nanoTime.getAsLong();
            reasons.clear();
        }
        failing.add(part);
        return reasons.size() < MOST_REASONS
                && reasons.add(DIGITS.matcher(reason).replaceAll("#"));
    }

    /**
     * Notes that a part works.
     *
     * @return how long the outage lasted, if this ends it
     */
    public synchronized Optional<Duration> works(Object part) {
        return failing.remove(part) && failing.isEmpty()
                ? Optional.of(Duration.ofNanos(nanoTime.getAsLong() - begun))
                : Optional.empty();
    }

    /**
     * Finds the words of the server or the system in what a client library threw.
     *
     * @return one line of at most 300 characters, without control characters and without passwords
     */
    public static String reason(Throwable failure) {
        Throwable around = failure;
        Throwable root = failure;
        for (int depth = 0; depth < DEEPEST; depth++) {
            Throwable[] ofEachServer = root.getSuppressed();
            Throwable next = root.getCause() == null && ofEachServer.length > 0
                    ? ofEachServer[ofEachServer.length - 1]
                    : root.getCause();
            if (next == null) {
                break;
            }
            around = root;
            root = next;
        }
        String text = text(around, root);
        text = INVISIBLE.matcher(text).replaceAll(" ");
        text = ARGUMENTS.matcher(text).replaceAll("$1 …");
        text = USER_INFO.matcher(text).replaceAll("//***@");
        text = PASSWORD.matcher(text).replaceAll("$1***").strip();
        return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON - 1) + "…";
    }

    /** The innermost failure, and what is around it where that says more, such as the address. */
    private static String text(Throwable around, Throwable root) {
        String innermost = text(root);
        String outer = around.getMessage();
        if (around == root || outer == null || outer.contains(root.toString())) {
            return innermost;
        }
        boolean repeats = root.getMessage() != null && outer.contains(root.getMessage());
        return repeats ? text(around) : text(around) + ": " + innermost;
    }

    private static String text(Throwable failure) {
        String name = failure.getClass().getSimpleName();
        return failure.getMessage() == null ? name : name + ": " + failure.getMessage();
    }
}
