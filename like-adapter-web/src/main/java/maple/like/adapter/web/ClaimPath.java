package maple.like.adapter.web;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a claim is: its name, or names separated by dots that lead into nested objects, as in {@code realm.game.ocids}. A
 * name may itself contain dots, as in {@code https://game.example/ocids}.
 */
record ClaimPath(String path) {
    /** The claim's value, or {@code null} if it is missing. */
    @Nullable
    Object in(Map<?, ?> claims) {
        return find(claims, path);
    }

    private static @Nullable Object find(Map<?, ?> claims, String path) {
        Object found = claims.get(path);
        for (int dot = path.indexOf('.'); found == null && dot >= 0; dot = path.indexOf('.', dot + 1)) {
            if (claims.get(path.substring(0, dot)) instanceof Map<?, ?> nested) {
                found = find(nested, path.substring(dot + 1));
            }
        }
        return found;
    }

    @Override
    public String toString() {
        return path;
    }
}
