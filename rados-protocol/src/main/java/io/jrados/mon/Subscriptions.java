package io.jrados.mon;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The subscriptions of this client: by name, from which version on, and whether once (src/mon/MonSub.cc). Pure.
 *
 * <pre>
 *   wanted ── renew ──► asked ── got ──► asked from the next version on, or forgotten if it was for once
 *      ▲                  │
 *      └──── new session ─┘
 * </pre>
 */
final class Subscriptions {
    /** @param start first version that we lack */
    record Want(long start, boolean once) {}

    private final Map<String, Want> wanted = new LinkedHashMap<>();
    private final Map<String, Want> asked = new LinkedHashMap<>();

    /** Returns whether the monitor has to be asked for it. */
    boolean want(String what, long start, boolean once) {
        Want want = new Want(start, once);
        Want before = wanted.containsKey(what) ? wanted.get(what) : asked.get(what);
        if (want.equals(before)) {
            return false;
        }
        wanted.put(what, want);
        return true;
    }

    /** Forgets it: what still comes is not waited for. */
    void unwant(String what) {
        wanted.remove(what);
        asked.remove(what);
    }

    /** A version has arrived, by whatever way. */
    void got(String what, long version) {
        advance(wanted, what, version);
        advance(asked, what, version);
    }

    private static void advance(Map<String, Want> subscriptions, String what, long version) {
        Want want = subscriptions.get(what);
        if (want == null || Long.compareUnsigned(want.start(), version) > 0) {
            return;
        }
        if (want.once()) {
            subscriptions.remove(what);
        } else {
            subscriptions.put(what, new Want(version + 1, false));
        }
    }

    /** Returns the subscriptions to ask for now, which then count as asked. */
    Map<String, Want> renew() {
        Map<String, Want> ask = new LinkedHashMap<>(wanted);
        asked.putAll(wanted);
        wanted.clear();
        return ask;
    }

    /** Another monitor: it knows of nothing. */
    void forgetAsked() {
        asked.forEach(wanted::putIfAbsent);
        asked.clear();
    }
}
