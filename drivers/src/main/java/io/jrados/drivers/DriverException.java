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
        DUPLICATE(Errno.EEXIST, "Duplicate"),
        /** No such image or snapshot. */
        NOT_FOUND(Errno.ENOENT, "NotFound"),
        /** Clones hang on it, or somebody has it open. Nothing was changed. */
        IN_USE_BY_STORE(Errno.EBUSY, "InUseByStore"),
        /** The pool, its quota or the cluster is full. */
        STORAGE_FULL(Errno.ENOSPC, "StorageFull"),
        /** The data or a size is not what was declared, or not possible. */
        INVALID(Errno.EINVAL, "Invalid"),
        /** The text is no location of this store. */
        BAD_STORE_URI(Errno.EINVAL, "BadStoreUri"),
        /** The location is on another cluster. */
        WRONG_CLUSTER(Errno.EXDEV, "BadStoreUri"),
        /** The digest's name is not known here. */
        UNKNOWN_HASHING_ALGORITHM(Errno.EINVAL, "UnknownHashingAlgo"),
        /** The cluster or the pool of images cannot be used. */
        STORE_BACKEND(Errno.EIO, "BackendException"),
        /** One of several stores cannot be used; the others can. */
        BAD_STORE_CONFIGURATION(Errno.EINVAL, "BadStoreConfiguration"),
        /** The cluster or the pool of volumes cannot be used. */
        BACKEND(Errno.EIO, "VolumeBackendAPIException"),
        /** A volume has snapshots, clones or users. */
        VOLUME_IS_BUSY(Errno.EBUSY, "VolumeIsBusy"),
        /** Clones hang on a snapshot. */
        SNAPSHOT_IS_BUSY(Errno.EBUSY, "SnapshotIsBusy"),
        /** A volume was copied elsewhere, and could not be deleted here. */
        VOLUME_MIGRATION_FAILED(Errno.EIO, "VolumeMigrationFailed"),
        /** The image or snapshot that is to be managed is not there. */
        MANAGE_INVALID_REFERENCE(Errno.ENOENT, "ManageExistingInvalidReference"),
        /** An image cannot be managed as a volume of that type. */
        MANAGE_TYPE_MISMATCH(Errno.EINVAL, "ManageExistingVolumeTypeMismatch"),
        /** A volume's type or its record contradicts itself. */
        RBD_DRIVER(Errno.EINVAL, "RBDDriverException"),
        /** Replication was asked for, which is not supported. */
        REPLICATION_ERROR(Errno.EOPNOTSUPP, "ReplicationError"),
        /** The user may not do this to the pool. */
        FORBIDDEN(Errno.EPERM, "Forbidden"),
        /** The image is larger than the disk that the flavor allows. */
        FLAVOR_DISK_SMALLER_THAN_IMAGE(Errno.EINVAL, "FlavorDiskSmallerThanImage"),
        /** The disk has no such snapshot. */
        SNAPSHOT_NOT_FOUND(Errno.ENOENT, "SnapshotNotFound"),
        /** The cluster does not say how much room there is. */
        STORAGE_ERROR(Errno.EIO, "StorageError"),
        /** The image cannot become this volume. */
        IMAGE_UNACCEPTABLE(Errno.EINVAL, "ImageUnacceptable"),
        /** An option has an impossible value. */
        INVALID_CONFIGURATION(Errno.EINVAL, "InvalidConfigurationValue"),
        /** A diff could not be moved between a volume and its backup. */
        BACKUP_RBD_OPERATION_FAILED(Errno.EIO, "BackupRBDOperationFailed"),
        /** A backup could not be made, restored or found. */
        BACKUP_OPERATION(Errno.EIO, "BackupOperationError"),
        /** The backup's metadata is there already. */
        VOLUME_METADATA_BACKUP_EXISTS(Errno.EEXIST, "VolumeMetadataBackupExists"),
        /** The backup's metadata has an unknown version. */
        BACKUP_METADATA_UNSUPPORTED_VERSION(Errno.ENOSYS, "BackupMetadataUnsupportedVersion"),
        /** A parameter of a call has an impossible value. */
        INVALID_PARAMETER_VALUE(Errno.EINVAL, "InvalidParameterValue");

        private final Errno errno;
        private final String upstreamName;

        Kind(Errno errno, String upstreamName) {
            this.errno = errno;
            this.upstreamName = upstreamName;
        }

        /** Returns the name of the class of exceptions that OpenStack's drivers raise then. */
        public String upstreamName() {
            return upstreamName;
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
