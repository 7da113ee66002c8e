package io.jrados.cli.dump;

import io.jrados.error.MalformedException;
import io.jrados.message.MessageType;
import io.jrados.msgr.FrameDump;
import io.jrados.wire.Payload;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Recorded frames as text, with what their messages say. */
public final class Frames {
    private Frames() {}

    /** One direction of a connection; see {@link FrameDump}. */
    public static void print(byte[] bytes, Consumer<String> line) {
        FrameDump.print(bytes, Frames::text, line);
    }

    private static String text(Payload payload) {
        Optional<MessageType> type = MessageType.of(payload.type());
        String name = type.map(MessageType::name).orElse("type " + payload.type()) + " v" + payload.version();
        Optional<Function<Payload, Object>> reader = type.flatMap(MessageType::reader);
        if (reader.isEmpty()) {
            payload.release();
            return name;
        }
        try {
            return name + " " + Tree.of(reader.get().apply(payload));
        } catch (MalformedException damaged) {
            return name + " UNREADABLE: " + damaged.getMessage();
        }
    }
}
