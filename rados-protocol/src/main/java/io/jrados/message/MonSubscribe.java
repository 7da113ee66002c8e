package io.jrados.message;

import io.jrados.wire.Payload;
import java.util.Map;

/**
 * Asks a monitor for maps now and as they change: MMonSubscribe (src/messages/MMonSubscribe.h), version 3.
 *
 * @param what by name: {@code monmap}, {@code config}, {@code osdmap}, {@code mgrmap}, ...
 * @param hostname of this machine, may be empty
 */
public record MonSubscribe(Map<String, Item> what, String hostname) {
    private static final int ONETIME = 1;

    /**
     * One subscription.
     *
     * @param start first version that is wanted
     * @param once ends with the first answer
     */
    public record Item(long start, boolean once) {}

    public Payload encode() {
        return MessageType.MON_SUBSCRIBE.payload(0, Body.front(out -> out.map(
                        what, (element, name) -> element.string(name), (element, item) -> element.u64(item.start)
                                .u8(item.once ? ONETIME : 0))
                .string(hostname)));
    }
}
