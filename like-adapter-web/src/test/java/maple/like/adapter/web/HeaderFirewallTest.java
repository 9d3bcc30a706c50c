package maple.like.adapter.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.StrictHttpFirewall;

class HeaderFirewallTest {
    @Test
    void everyCharacterInNamesAndValuesIsAllowedOrNotAsTheStandardDoes() {
        HttpFirewall ours = HeaderFirewall.create();
        HttpFirewall standard = new StrictHttpFirewall();
        assertThat(IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                        .filter(c -> Character.isBmpCodePoint(c) || c % 97 == 0) // all would take half a minute
                        .filter(c -> {
                            String text = "a" + Character.toString(c) + "b";
                            return isAllowed(ours, "X", text) != isAllowed(standard, "X", text)
                                    || isAllowed(ours, text, "x") != isAllowed(standard, text, "x");
                        })
                        .mapToObj(Integer::toHexString))
                .isEmpty();
    }

    private static boolean isAllowed(HttpFirewall firewall, String name, String value) {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
        request.addHeader(name, value);
        try {
            return value.equals(firewall.getFirewalledRequest(request).getHeader(name));
        } catch (RequestRejectedException e) {
            return false;
        }
    }
}
