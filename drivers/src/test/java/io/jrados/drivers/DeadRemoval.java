package io.jrados.drivers;

import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The removal of an image by a client that died: the name is taken away, the entry in the trash says that it is being
 * removed (cls::rbd::TrashImageSpec, src/cls/rbd/cls_rbd_types.cc), and the image is there still.
 */
public final class DeadRemoval {
    private static final byte REMOVING_SOURCE = 3;
    private static final byte REMOVING_STATE = 2;

    private DeadRemoval() {}

    /** Leaves the image so. */
    public static void leave(Pool pool, String name, String id) throws IOException {
        byte[] nameBytes = string(name);
        int length = 1 + nameBytes.length + 8 + 8 + 1;
        byte[] spec = ByteBuffer.allocate(6 + length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 2)
                .put((byte) 1)
                .putInt(length)
                .put(REMOVING_SOURCE)
                .put(nameBytes)
                .putLong(0)
                .putLong(0)
                .put(REMOVING_STATE)
                .array();
        pool.operate("rbd_trash", new WriteOperation().create(false).exec("rbd", "trash_add", join(string(id), spec)));
        pool.operate("rbd_id." + name, new WriteOperation().delete());
        pool.operate(
                "rbd_directory", new WriteOperation().exec("rbd", "dir_remove_image", join(nameBytes, string(id))));
    }

    private static byte[] string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(4 + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    private static byte[] join(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }
}
