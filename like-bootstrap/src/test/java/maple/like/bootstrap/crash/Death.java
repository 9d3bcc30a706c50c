package maple.like.bootstrap.crash;

/** The end of a process: nobody catches it, and whatever it was about to do is not done. */
final class Death extends Error {
    private static final long serialVersionUID = 1L;

    Death() {
        super("The process is dead", null, false, false);
    }
}
