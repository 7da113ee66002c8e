package io.jrados.message;

import io.jrados.wire.Payload;
import java.util.UUID;

/**
 * A command to the monitors: MMonCommand (src/messages/MMonCommand.h).
 *
 * @param command JSON
 * @param input bytes that go with it, may be empty
 */
public record MonCommand(long tid, UUID fsid, String command, byte[] input) {
    public Payload encode() {
        return MessageType.MON_COMMAND.payload(
                tid, Body.front(out -> Body.paxos(out).uuid(fsid).u32(1).string(command)), Body.data(input));
    }
}
