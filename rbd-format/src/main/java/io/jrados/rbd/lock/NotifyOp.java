package io.jrados.rbd.lock;

/**
 * The kinds of messages between clients of an image; the order is the number on the wire
 * (src/librbd/WatchNotifyTypes.h).
 */
public enum NotifyOp {
    ACQUIRED_LOCK,
    RELEASED_LOCK,
    REQUEST_LOCK,
    HEADER_UPDATE,
    ASYNC_PROGRESS,
    ASYNC_COMPLETE,
    FLATTEN,
    RESIZE,
    SNAP_CREATE,
    SNAP_REMOVE,
    REBUILD_OBJECT_MAP,
    SNAP_RENAME,
    SNAP_PROTECT,
    SNAP_UNPROTECT,
    RENAME,
    UPDATE_FEATURES,
    MIGRATE,
    SPARSIFY,
    QUIESCE,
    UNQUIESCE,
    METADATA_UPDATE
}
