package maple.like.adapter.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonRowsTest {
    @Test
    void columnsBecomeRows() {
        assertThat(JsonRows.write(new String[] {"a", "b"}, new Long[] {1L, -2L}, new Boolean[] {true, false}))
                .isEqualTo("[[\"a\",1,true],[\"b\",-2,false]]");
        assertThat(JsonRows.write(new Object[][] {new String[0]})).isEqualTo("[]");
    }

    @Test
    void textIsEscaped() {
        assertThat(JsonRows.write(new Object[][] {new String[] {"\"\\\n🍁/'"}}))
                .isEqualTo("[[\"\\\"\\\\\\u000a🍁/'\"]]");
    }
}
