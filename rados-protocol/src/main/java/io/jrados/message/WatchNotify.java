package io.jrados.message;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Payload;
import java.util.List;

/**
 * An event for a watcher or notifier: MWatchNotify (src/messages/MWatchNotify.h), version 3.
 *
 * @param cookie of the watch, or of the notification's registration
 * @param message of a {@link Event#NOTIFY}
 * @param result of a {@link Event#NOTIFY_COMPLETE}: 0 or a negative errno; with ETIMEDOUT there are answers too
 * @param notifierId global id of who notified
 * @param answers of a {@link Event#NOTIFY_COMPLETE}
 */
public record WatchNotify(
        Event event, long cookie, long notifyId, byte[] message, int result, long notifierId, Answers answers) {
    /** CEPH_WATCH_EVENT_* (src/include/ceph_fs.h). */
    public enum Event {
        NOTIFY,
        NOTIFY_COMPLETE,
        DISCONNECT
    }

    /** One watcher: its global id and its watch's cookie. */
    public record Watcher(long clientId, long cookie) {
        static Watcher decode(Decoder in) {
            return new Watcher(in.u64(), in.u64());
        }
    }

    /** The answer of one watcher. */
    public record Answer(Watcher watcher, byte[] bytes) {}

    /**
     * The answers of watchers, and the watchers that did not answer in time (Notify::maybe_complete_notify,
     * src/osd/Watch.cc).
     */
    public record Answers(List<Answer> given, List<Watcher> missed) {
        /** None. */
        public static final Answers NONE = new Answers(List.of(), List.of());

        static Answers decode(Decoder in) {
            List<Answer> given = in.list(20, element -> new Answer(Watcher.decode(element), element.bytes()));
            return new Answers(given, in.list(16, Watcher::decode));
        }
    }

    /** Owns the payload. */
    public static WatchNotify decode(Payload payload) {
        return Body.read(payload, MessageType.WATCH_NOTIFY, 3, in -> {
            int version = in.u8();
            if (version < 1) {
                throw new MalformedException("watch_notify payload version " + version);
            }
            Event event = event(in.u8());
            long cookie = in.u64();
            in.skip(8);
            Answers answers = event == Event.NOTIFY_COMPLETE && payload.data().isReadable()
                    ? Answers.decode(new Decoder(payload.data()))
                    : Answers.NONE;
            return new WatchNotify(event, cookie, in.u64(), in.bytes(), in.i32(), in.u64(), answers);
        });
    }

    private static Event event(int number) {
        return switch (number) {
            case 1 -> Event.NOTIFY;
            case 2 -> Event.NOTIFY_COMPLETE;
            case 3 -> Event.DISCONNECT;
            default -> throw new MalformedException("watch_notify event " + number);
        };
    }
}
