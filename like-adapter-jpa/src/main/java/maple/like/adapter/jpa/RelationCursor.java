package maple.like.adapter.jpa;

import maple.like.application.port.out.LikeLedger;

/**
 * A position among the relations of a partition, which are ordered by OCID and account. As text, {@code ocid:account} is
 * after that row and {@code ocid:} after all rows of that character. An OCID holds no colon.
 *
 * @param ocid empty before the first character
 * @param account empty after the last row of the character
 */
record RelationCursor(String ocid, String account) {
    private static final RelationCursor START = new RelationCursor("", "");

    /** Reads a cursor. What an earlier version of the service wrote was a number; its copy starts again. */
    static RelationCursor parse(String text) {
        int colon = text.indexOf(':');
        return colon < 0 ? START : new RelationCursor(text.substring(0, colon), text.substring(colon + 1));
    }

    static RelationCursor afterCharacter(String ocid) {
        return new RelationCursor(ocid, "");
    }

    String text() {
        return ocid.isEmpty() ? LikeLedger.START : ocid + ":" + account;
    }
}
