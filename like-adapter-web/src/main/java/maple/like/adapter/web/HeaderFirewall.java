package maple.like.adapter.web;

import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/**
 * Lets the same requests pass as any {@link StrictHttpFirewall}, which looks at each header with regular expressions:
 * here ASCII, which headers are made of, takes a loop.
 */
final class HeaderFirewall {
    private HeaderFirewall() {}

    static HttpFirewall create() {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setAllowedHeaderNames(name -> isText(name, false));
        firewall.setAllowedHeaderValues(value -> isText(value, true));
        return firewall;
    }

    /** Whether Unicode has assigned all of these characters, and none is a control character. */
    private static boolean isText(String text, boolean mayHaveTabs) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = (c >= ' ' && c <= '~') || (c == '\t' && mayHaveTabs);
            if (!plain && (Character.isISOControl(c) || !Character.isDefined(text.codePointAt(i)))) {
                return false;
            }
        }
        return true;
    }
}
