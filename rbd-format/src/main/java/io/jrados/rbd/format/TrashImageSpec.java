package io.jrados.rbd.format;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Struct;
import io.jrados.wire.Utime;

/**
 * An image in the trash.
 *
 * <pre>
 * cls::rbd::TrashImageSpec (src/cls/rbd/cls_rbd_types.cc)
 *   v1  source, name, time of deletion, end of deferment      read: state NORMAL
 *   v2  + state                                               what we read and write
 * </pre>
 *
 * @param name what it was called
 */
public record TrashImageSpec(Source source, String name, Utime deleted, Utime defermentEnd, State state) {
    private static final Struct STRUCT = new Struct("TrashImageSpec", 1, 2, 1);

    /** Bytes of the smallest one: frame, source, name, two times. */
    static final int SMALLEST = 6 + 1 + 4 + 8 + 8;

    /** The reason why it is there; the order is the number on the wire. */
    public enum Source {
        USER,
        MIRRORING,
        MIGRATION,
        /** On its way to being deleted. */
        REMOVING,
        /** A deleted image whose clones still need it. */
        USER_PARENT,
        /** A source of a newer release. */
        UNKNOWN
    }

    /** The progress of the entry; the order is the number on the wire. */
    public enum State {
        NORMAL,
        MOVING,
        REMOVING,
        RESTORING
    }

    public TrashImageSpec withState(State newState) {
        return new TrashImageSpec(source, name, deleted, defermentEnd, newState);
    }

    public static TrashImageSpec decode(Decoder in) {
        return in.struct(STRUCT, (body, version) -> {
            Source source = source(body.u8());
            String name = body.string();
            Utime deleted = Utime.decode(body);
            Utime defermentEnd = Utime.decode(body);
            return new TrashImageSpec(
                    source, name, deleted, defermentEnd, version >= 2 ? state(body.u8()) : State.NORMAL);
        });
    }

    private static Source source(int number) {
        return number < Source.UNKNOWN.ordinal() ? Source.values()[number] : Source.UNKNOWN;
    }

    private static State state(int number) {
        if (number >= State.values().length) {
            throw new MalformedException("trash state " + number);
        }
        return State.values()[number];
    }

    public void encode(Encoder out) {
        out.struct(STRUCT, body -> {
            body.u8(source.ordinal()).string(name);
            deleted.encode(body);
            defermentEnd.encode(body);
            body.u8(state.ordinal());
        });
    }
}
