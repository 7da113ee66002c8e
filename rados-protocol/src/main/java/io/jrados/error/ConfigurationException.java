package io.jrados.error;

/**
 * A configuration cannot be used: a file that it needs is missing or cannot be read (ENOENT, EACCES), a value or a line
 * is wrong, or an option has a name that nobody knows (EINVAL). Nothing was asked of the cluster. It is no
 * {@link NotFoundException}, so that code which makes what the cluster does not have never takes a missing ceph.conf
 * for a missing image.
 */
public final class ConfigurationException extends RadosException {
    private static final long serialVersionUID = 1L;

    /**
     * @param errno ENOENT, EACCES, EFBIG, EIO, EINVAL or EAFNOSUPPORT
     * @param doing what was being done, as a participle, with what is wrong
     */
    public ConfigurationException(Errno errno, String doing) {
        super(errno, doing);
    }

    /** As {@link #ConfigurationException(Errno, String)}, with the cause. */
    public ConfigurationException(Errno errno, String doing, Throwable cause) {
        super(errno, doing, cause);
    }

    private ConfigurationException(ConfigurationException original) {
        super(original);
    }

    @Override
    public ConfigurationException copy() {
        return new ConfigurationException(this);
    }
}
