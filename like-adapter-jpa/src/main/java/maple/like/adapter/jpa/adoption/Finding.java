package maple.like.adapter.jpa.adoption;

import java.util.List;

/**
 * A difference between the tables that exist and those that the service needs.
 *
 * @param resolution who resolves it
 * @param where the table, and the column or index if it is about one
 * @param found what is there
 * @param remedy what adoption does about it, or what a person has to decide
 * @param statements what adoption runs, or what a person may run; statements for a person are examples
 */
public record Finding(Resolution resolution, String where, String found, String remedy, List<Sql> statements) {
    /** Who resolves a difference. */
    public enum Resolution {
        /** Adoption does. */
        ADOPTION,
        /** A person has to, before anything is adopted. */
        PERSON,
        /** Nothing has to be done; a person may. */
        OPTIONAL
    }

    /** Copies the statements. */
    public Finding {
        statements = List.copyOf(statements);
    }

    static Finding adopted(String where, String found, String remedy, Sql... statements) {
        return new Finding(Resolution.ADOPTION, where, found, remedy, List.of(statements));
    }

    static Finding undecided(String where, String found, String remedy, Sql... statements) {
        return new Finding(Resolution.PERSON, where, found, remedy, List.of(statements));
    }

    static Finding optional(String where, String found, String remedy, Sql... statements) {
        return new Finding(Resolution.OPTIONAL, where, found, remedy, List.of(statements));
    }
}
