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
        merged(windows).forEach(window -> endOfStart.put(window.from(), window.to()));
    }

    record Window(long from, long to) {
        long length() {
            return to - from;
        }

        @Override
        public String toString() {
            return Operation.seconds(from) + " to " + Operation.seconds(to);
        }
    }

    /** The same stretches, in their order; those that touch are one. */
    static List<Window> merged(List<Window> windows) {
        List<Window> sorted = new ArrayList<>(windows);
        sorted.sort(Comparator.comparing(Window::from));
        List<Window> merged = new ArrayList<>();
        for (Window window : sorted) {
            int last = merged.size() - 1;
            if (last >= 0 && merged.get(last).to() >= window.from()) {
                Window before = merged.get(last);
                merged.set(last, new Window(before.from(), Math.max(before.to(), window.to())));
            } else {
                merged.add(window);
            }
        }
        return merged;
    }

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
