package io.jrados.rbd.io;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.format.BitVector;
import io.jrados.rbd.format.ObjectState;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/**
 * An object map as the classes {@code lock} and {@code rbd} change it (src/cls/rbd/cls_rbd.cc); there is one client.
 */
final class MemoryObjectMap {
    private MemoryObjectMap() {}

    static boolean isCall(byte[] input, int length, String method) {
        return method.startsWith("object_map_") || new String(input, 0, length, StandardCharsets.UTF_8).equals("lock");
    }

    static byte[] call(MemoryObject object, String method, byte[] argument) throws RadosException {
        Decoder in = Decoder.of(argument);
        switch (method) {
            case "lock" -> {
                if (object.isLocked) {
                    throw RadosException.of(Errno.EEXIST, "locking");
                }
                object.isLocked = true;
                object.create();
            }
            case "unlock" -> object.isLocked = false;
            case "assert_locked" -> {
                if (!object.isLocked) {
                    throw RadosException.of(Errno.EBUSY, "asserting a lock");
                }
            }
            case "object_map_load" -> {
                return Encoder.bytesOf(read(object)::encode);
            }
            case "object_map_resize" -> {
                BitVector map = object.head == null || object.head.length == 0
                        ? new BitVector(0, ObjectState.NONEXISTENT)
                        : read(object);
                map.resize(in.u64(), ObjectState.values()[in.u8()]);
                write(object, map);
            }
            case "object_map_update" -> update(object, in);
            case "object_map_snap_add" ->
                change(object, state -> state == ObjectState.EXISTS ? ObjectState.EXISTS_CLEAN : state);
            default -> throw new IllegalArgumentException(method);
        }
        return new byte[0];
    }

    static BitVector read(MemoryObject object) throws RadosException {
        if (object.head == null) {
            throw RadosException.of(Errno.ENOENT, "reading an object map");
        }
        if (object.head.length == 0) {
            throw RadosException.of(Errno.EINVAL, "reading an object map");
        }
        return Decoder.whole(object.head, BitVector::decode);
    }

    private static void write(MemoryObject object, BitVector map) {
        object.head = Encoder.bytesOf(map::encode);
    }

    private static void update(MemoryObject object, Decoder in) throws RadosException {
        BitVector map = read(object);
        long first = in.u64();
        long end = in.u64();
        ObjectState to = ObjectState.values()[in.u8()];
        Optional<ObjectState> from = in.optional(it -> ObjectState.values()[it.u8()]);
        if (first >= end || end > map.size()) {
            throw RadosException.of(Errno.ERANGE, "updating an object map");
        }
        for (long at = first; at < end; at++) {
            ObjectState now = map.get(at);
            if (from.isEmpty()
                    || now == from.get()
                    || from.get() == ObjectState.EXISTS && now == ObjectState.EXISTS_CLEAN) {
                map.set(at, to);
            }
        }
        write(object, map);
    }

    private static void change(MemoryObject object, Function<ObjectState, ObjectState> change) throws RadosException {
        BitVector map = read(object);
        for (long at = 0; at < map.size(); at++) {
            map.set(at, change.apply(map.get(at)));
        }
        write(object, map);
    }
}
