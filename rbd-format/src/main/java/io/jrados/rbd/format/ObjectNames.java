package io.jrados.rbd.format;

import java.util.HexFormat;

/** Names of the RADOS objects that images are made of (src/include/rbd_types.h). */
public final class ObjectNames {
    /** Omap of the images of a namespace, both ways: name to id, id to name. */
    public static final String DIRECTORY = "rbd_directory";

    /** Omap of clones of format 1, in the pool of the children and the default namespace. */
    public static final String CHILDREN = "rbd_children";

    /** Omap of images that have no name any more. */
    public static final String TRASH = "rbd_trash";

    /** The pool's own metadata, and the mark of its validation. */
    public static final String INFO = "rbd_info";

    /** Omap of the pool's namespaces, in the default one. */
    public static final String NAMESPACE = "rbd_namespace";

    public static final String MIRRORING = "rbd_mirroring";

    /** Omap of the groups of a namespace. */
    public static final String GROUP_DIRECTORY = "rbd_group_directory";

    private static final String GROUP_HEADER = "rbd_group_header.";

    /** The manager's background tasks. */
    public static final String TASK = "rbd_task";

    /** Longest id of an image, in characters. */
    public static final int MAX_ID = 14;

    /** Longest data prefix, in characters. */
    public static final int MAX_DATA_PREFIX = 43;

    private static final HexFormat HEX = HexFormat.of();
    private static final String HEX_DIGITS = "0123456789abcdef";

    private ObjectNames() {}

    /** Holds the id of the image with this name. */
    public static String id(String imageName) {
        return "rbd_id." + imageName;
    }

    /** Holds everything about an image but its data; watched by whoever has it open. */
    public static String header(String imageId) {
        return "rbd_header." + imageId;
    }

    /** The header of an image of format 1, which this library does not read. */
    public static String formatOneHeader(String imageName) {
        return imageName + ".rbd";
    }

    /** Holds a group's images and snapshots. */
    public static String groupHeader(String groupId) {
        return GROUP_HEADER + groupId;
    }

    /** The object map of the head. */
    public static String objectMap(String imageId) {
        return "rbd_object_map." + imageId;
    }

    /** The object map of a snapshot. */
    public static String objectMap(String imageId, long snapId) {
        return objectMap(imageId) + "." + HEX.toHexDigits(snapId);
    }

    /** The journal's header. */
    public static String journal(String imageId) {
        return "journal." + imageId;
    }

    /** Returns the prefix of the names of data objects that share the header's pool. */
    public static String dataPrefix(String imageId) {
        return "rbd_data." + imageId;
    }

    /** Returns the prefix of the names of data objects in another pool than the header's. */
    public static String dataPrefix(long headerPool, String imageId) {
        return "rbd_data." + headerPool + "." + imageId;
    }

    /** A data object: the number as 16 hex digits. */
    public static String data(String prefix, long number) {
        // One for each request: made without the copies that joining strings would make.
        StringBuilder name = new StringBuilder(prefix.length() + 1 + 2 * Long.BYTES);
        name.append(prefix).append('.');
        for (int shift = Long.SIZE - 4; shift >= 0; shift -= 4) {
            name.append(HEX_DIGITS.charAt((int) (number >>> shift) & 0xf));
        }
        return name.toString();
    }
}
