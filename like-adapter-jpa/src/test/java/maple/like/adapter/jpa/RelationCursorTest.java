package maple.like.adapter.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import maple.like.application.port.out.LikeLedger;
import org.junit.jupiter.api.Test;

class RelationCursorTest {
    private static final RelationCursor START = new RelationCursor("", "");

    @Test
    void aCursorIsReadAsItWasWritten() {
        RelationCursor row = new RelationCursor("c1", "a:b");
        assertThat(row.text()).isEqualTo("c1:a:b");
        for (RelationCursor cursor : new RelationCursor[] {START, row, RelationCursor.afterCharacter("c1")}) {
            assertThat(RelationCursor.parse(cursor.text())).isEqualTo(cursor);
        }
        assertThat(START.text()).isEqualTo(LikeLedger.START);
    }

    @Test
    void theNumberThatAnEarlierVersionWroteStartsAgain() {
        assertThat(RelationCursor.parse("0")).isEqualTo(START);
        assertThat(RelationCursor.parse("123456")).isEqualTo(START);
    }
}
