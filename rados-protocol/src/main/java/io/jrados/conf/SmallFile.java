package io.jrados.conf;

import io.jrados.error.ConfigurationException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files of configurations and keys, read whole. Their size is looked at while they are read: {@code /dev/zero} says
 * that it has none.
 */
final class SmallFile {
    /** Bytes of a file of keys, at most. */
    static final int MAX_KEYS = 64 << 10;

    private SmallFile() {}

    /** @throws RadosException EFBIG for more than {@code largest} bytes */
    static byte[] read(Path file, int largest, String doing) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(largest + 1);
            if (bytes.length > largest) {
                throw new ConfigurationException(
                        Errno.EFBIG, doing + ", of which no more than " + largest + " bytes are read");
            }
            return bytes;
        }
    }

    /** @throws RadosException EINVAL for what exists and is no regular file, such as a device, which may have no end */
    static void checkRegular(Path file, String doing) throws RadosException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new ConfigurationException(Errno.EINVAL, doing + ", which is no regular file");
        }
    }
}
