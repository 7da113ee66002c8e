package io.jrados.message;

import io.jrados.wire.Payload;
import java.util.UUID;

/**
 * A command to one daemon: MCommand (src/messages/MCommand.h), and MMgrCommand (src/messages/MMgrCommand.h) for
 * managers.
 *
 * @param toManager whether it goes to a manager that knows MMgrCommand
 * @param command JSON
 * @param input bytes that go with it, may be empty
 */
public record Command(long tid, boolean toManager, UUID fsid, String command, byte[] input) {
    public Payload encode() {
        MessageType type = toManager ? MessageType.MGR_COMMAND : MessageType.COMMAND;
        return type.payload(tid, Body.front(out -> out.uuid(fsid).u32(1).string(command)), Body.data(input));
    }
}
