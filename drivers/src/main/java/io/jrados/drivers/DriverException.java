package io.jrados.drivers;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import org.jspecify.annotations.Nullable;

/** A failure of a driver, of the kind that OpenStack's callers tell apart. */
public final class DriverException extends RadosException {
    private static final long serialVersionUID = 1L;

    /** OpenStack's names of the failures, with the errno that stands for each. */
    public enum Kind {
        /** The image is there already. */
        DUPLICATE(Errno.EEXIST),
        /** No such image or snapshot. */
        NOT_FOUND(Errno.ENOENT),
        /** Clones hang on it, or somebody has it open. Nothing was changed. */
        IN_USE_BY_STORE(Errno.EBUSY),
        /** The pool, its quota or the cluster is full. */
        STORAGE_FULL(Errno.ENOSPC),
        /** The data is not what was declared. */
        INVALID(Errno.EINVAL),
        /** The text is no location of this store. */
        BAD_STORE_URI(Errno.EINVAL),
        /** The location is on another cluster. */
        WRONG_CLUSTER(Errno.EXDEV),
        /** The digest's name is not known here. */
        UNKNOWN_HASHING_ALGORITHM(Errno.EINVAL),
        /** The cluster or the pool cannot be used. */
        BACKEND(Errno.EIO),
        /** A volume has snapshots, clones or users. */
        VOLUME_IS_BUSY(Errno.EBUSY),
        /** The image cannot become this volume. */
        IMAGE_UNACCEPTABLE(Errno.EINVAL),
        /** An option has an impossible value: Cinder's InvalidConfigurationValue. */
        INVALID_CONFIGURATION(Errno.EINVAL),
        /** A diff could not be moved between a volume and its backup: Cinder's BackupRBDOperationFailed. */
        BACKUP_RBD_OPERATION_FAILED(Errno.EIO),
        /** A backup could not be made, restored or found: Cinder's BackupOperationError. */
        BACKUP_OPERATION(Errno.EIO),
        /** The backup's metadata is there already: Cinder's VolumeMetadataBackupExists. */
        VOLUME_METADATA_BACKUP_EXISTS(Errno.EEXIST),
        /** The backup's metadata has an unknown version: Cinder's BackupMetadataUnsupportedVersion. */
        BACKUP_METADATA_UNSUPPORTED_VERSION(Errno.ENOSYS),
        /** A parameter of a call has an impossible value: Cinder's InvalidParameterValue. */
        INVALID_PARAMETER_VALUE(Errno.EINVAL);

        private final Errno errno;

        Kind(Errno errno) {
            this.errno = errno;
        }
    }

    private final Kind kind;

    /** @param doing what was being done, as a participle, with what is wrong */
    public DriverException(Kind kind, String doing) {
        this(kind, doing, null);
    }

    /** As {@link #DriverException(Kind, String)}; the cause's errno is kept when it is an error of the cluster. */
    public DriverException(Kind kind, String doing, @Nullable Throwable cause) {
        super(cause instanceof RadosException known ? known.errno() : kind.errno, doing, cause);
        this.kind = kind;
    }

    /** Returns the kind of failure. */
    public Kind kind() {
        return kind;
    }
}
