package maple.like.adapter.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MySqlFamilyTest {
    @Test
    void columnsBecomeRowsOfOneJsonDocument() {
        assertThat(MySqlFamily.json(new String[] {"a", "\"\\🍁/'"}, new Long[] {1L, -2L}, new Boolean[] {true, false}))
                .isEqualTo("[[\"a\",1,true],[\"\\\"\\\\🍁/'\",-2,false]]");
        assertThat(MySqlFamily.json(new Object[][] {new String[0]})).isEqualTo("[]");
    }
}
