package protocol;

/** Two characters with two accounts each. A relation is a number, a set of relations the bits of a number. */
final class Relations {
    static final int CHARACTERS = 2;
    static final int ACCOUNTS = 2;
    static final int RELATIONS = CHARACTERS * ACCOUNTS;

    private Relations() {}

    static boolean has(int set, int relation) {
        return (set >> relation & 1) == 1;
    }

    static int with(int set, int relation, boolean member) {
        return member ? set | 1 << relation : set & ~(1 << relation);
    }

    static int characterOf(int relation) {
        return relation / ACCOUNTS;
    }

    /** The relations of one character, as a set of accounts. */
    static int ofCharacter(int set, int character) {
        return set >> character * ACCOUNTS & (1 << ACCOUNTS) - 1;
    }

    static String name(int character) {
        return String.valueOf((char) ('A' + character));
    }

    static String relationName(int relation) {
        return name(characterOf(relation)) + relation % ACCOUNTS;
    }

    static String text(int set) {
        StringBuilder text = new StringBuilder("[");
        for (int r = 0; r < RELATIONS; r++) {
            if (has(set, r)) {
                text.append(text.length() > 1 ? " " : "").append(relationName(r));
            }
        }
        return text.append("]").toString();
    }
}
