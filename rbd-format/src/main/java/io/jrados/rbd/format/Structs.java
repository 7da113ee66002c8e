package io.jrados.rbd.format;

import io.jrados.wire.Decoder;
import java.util.Map;
import java.util.function.Function;

/** The one list of RBD's structs that can be decoded by name: for programs that debug, and for hostile tests. */
public final class Structs {
    private static final Map<String, Function<byte[], Object>> BY_NAME = Map.of(
            "cls_rbd_parent", reader(ParentImageSpec::decode),
            "cls_rbd_snap", reader(SnapshotRecord::decode),
            "rbd_snapshot_namespace", reader(SnapshotNamespace::decode),
            "rbd_child", reader(ChildImageSpec::decode),
            "rbd_group_spec", reader(GroupSpec::decode),
            "rbd_trash_spec", reader(TrashImageSpec::decode));

    private Structs() {}

    private static Function<byte[], Object> reader(Function<Decoder, ?> decode) {
        return bytes -> decode.apply(Decoder.of(bytes));
    }

    /** Readers by name, which throw {@link io.jrados.error.MalformedException} for bytes that are no such struct. */
    public static Map<String, Function<byte[], Object>> byName() {
        return BY_NAME;
    }
}
