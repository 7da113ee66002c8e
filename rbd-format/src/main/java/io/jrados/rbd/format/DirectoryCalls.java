package io.jrados.rbd.format;

import io.jrados.wire.Decoder;
import java.util.Map;
import java.util.Set;

/** Calls on {@code rbd_id.<name>}, {@code rbd_directory} and {@code rbd_namespace} (src/cls/rbd/cls_rbd_client.cc). */
public final class DirectoryCalls {
    private DirectoryCalls() {}

    /** On {@code rbd_id.<name>}. */
    public static ReadCall<String> getId() {
        return ReadCall.of("get_id", Decoder::string);
    }

    /** On {@code rbd_id.<name>}. EEXIST unless the object is empty. */
    public static WriteCall setId(String imageId) {
        return WriteCall.of("set_id", out -> out.string(imageId));
    }

    public static ReadCall<String> dirGetId(String name) {
        return ReadCall.of("dir_get_id", out -> out.string(name), Decoder::string);
    }

    public static ReadCall<String> dirGetName(String imageId) {
        return ReadCall.of("dir_get_name", out -> out.string(imageId), Decoder::string);
    }

    /** Names to ids, in order of names. ENOENT when no image was ever made here. */
    public static ReadCall<Map<String, String>> dirList(String after, long max) {
        return ReadCall.of(
                "dir_list", out -> out.string(after).u64(max), in -> in.map(8, Decoder::string, Decoder::string));
    }

    /** EEXIST for the name, EBADF for the id. */
    public static WriteCall dirAddImage(String name, String imageId) {
        return WriteCall.of("dir_add_image", out -> out.string(name).string(imageId));
    }

    /** ESTALE when the two do not belong together, ENOENT when neither is known. */
    public static WriteCall dirRemoveImage(String name, String imageId) {
        return WriteCall.of("dir_remove_image", out -> out.string(name).string(imageId));
    }

    /** ESTALE when name and id do not belong together, EEXIST for the new name. */
    public static WriteCall dirRenameImage(String name, String newName, String imageId) {
        return WriteCall.of(
                "dir_rename_image", out -> out.string(name).string(newName).string(imageId));
    }

    /** EBUSY unless the directory accepts images: a namespace that is being removed does not. */
    public static WriteCall dirStateAssertReady() {
        return WriteCall.of("dir_state_assert", out -> out.u8(0));
    }

    /** ENOENT where no namespace is, EBUSY for one that is being removed; takes no part in a write. */
    public static ReadCall<Boolean> dirStateIsReady() {
        return ReadCall.of("dir_state_assert", out -> out.u8(0), in -> true);
    }

    /** From now on the directory accepts images. */
    public static WriteCall dirStateSetReady() {
        return WriteCall.of("dir_state_set", out -> out.u8(0));
    }

    /** From now on the directory accepts no images. EBUSY while it has some. */
    public static WriteCall dirStateSetAddDisabled() {
        return WriteCall.of("dir_state_set", out -> out.u8(1));
    }

    /** On {@code rbd_namespace}. EEXIST. */
    public static WriteCall namespaceAdd(String name) {
        return WriteCall.of("namespace_add", out -> out.string(name));
    }

    /** On {@code rbd_namespace}. ENOENT. */
    public static WriteCall namespaceRemove(String name) {
        return WriteCall.of("namespace_remove", out -> out.string(name));
    }

    /** On {@code rbd_namespace}. */
    public static ReadCall<Set<String>> namespaceList(String after, long max) {
        return ReadCall.of("namespace_list", out -> out.string(after).u64(max), in -> in.set(4, Decoder::string));
    }
}
