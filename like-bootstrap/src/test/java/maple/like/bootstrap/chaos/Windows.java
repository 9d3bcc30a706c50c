package maple.like.bootstrap.chaos;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Stretches of time, both ends included. */
final class Windows {
    private final TreeMap<Long, Long> endOfStart = new TreeMap<>();

    Windows(List<Window> windows) {
        List<Window> sorted = new ArrayList<>(windows);
        sorted.sort(Comparator.comparing(Window::from));
        for (Window window : sorted) {
            Map.Entry<Long, Long> last = endOfStart.lastEntry();
            if (last != null && last.getValue() >= window.from()) {
                endOfStart.put(last.getKey(), Math.max(last.getValue(), window.to()));
            } else {
                endOfStart.put(window.from(), window.to());
            }
        }
    }

    record Window(long from, long to) {}

    boolean touch(long from, long to) {
        Map.Entry<Long, Long> before = endOfStart.floorEntry(to);
        return before != null && before.getValue() >= from;
    }

    /** The first end, not before a moment, of so long a stretch that touches none of these. */
    long calmAfter(long moment, long length) {
        long end = moment + length;
        while (true) {
            Map.Entry<Long, Long> before = endOfStart.floorEntry(end);
            if (before == null || before.getValue() < end - length) {
                return end;
            }
            end = before.getValue() + length + 1;
        }
    }
}
