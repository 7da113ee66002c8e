package io.jrados.conf;

import io.jrados.error.ConfigurationException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The search for a client's key: the options {@code key}, {@code keyfile} and {@code keyring} in that order. */
final class KeySearch {
    private static final Logger log = LoggerFactory.getLogger(KeySearch.class);

    private final CephConf conf;
    private final List<String> places = new ArrayList<>();

    KeySearch(CephConf conf) {
        this.conf = conf;
    }

    /** @throws RadosException ENOENT naming every place, EACCES, or EINVAL for a keyring that cannot be read */
    String key() throws RadosException {
        if (!conf.get("key").isEmpty()) {
            return conf.get("key").strip();
        }
        if (!conf.get("keyfile").isEmpty()) {
            return fromFile(Path.of(conf.get("keyfile")));
        }
        for (String path : conf.get("keyring").split("[;,]+")) {
            String place = path.strip();
            if (place.isEmpty()) {
                continue;
            }
            Path file = Path.of(place);
            if (!Files.exists(file)) {
                places.add(place);
                continue;
            }
            KeyringFile keyring = KeyringFile.read(file);
            warnIfOpen(file);
            String key = keyring.key(conf.name().toString()).orElse("");
            if (!key.isEmpty()) {
                return key;
            }
            places.add(place
                    + (keyring.entities().isEmpty()
                            ? " (has no keys)"
                            : " (has keys of " + String.join(", ", keyring.entities()) + ")"));
        }
        throw new ConfigurationException(
                Errno.ENOENT, "looking for the key of " + conf.name() + " in " + String.join(", ", places));
    }

    private static String fromFile(Path file) throws RadosException {
        try {
            warnIfOpen(file);
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (IOException failed) {
            Errno errno = Files.exists(file) ? Errno.EACCES : Errno.ENOENT;
            throw new ConfigurationException(errno, "reading the key in " + file, failed);
        }
    }

    private static void warnIfOpen(Path file) {
        try {
            PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            if (view != null && view.readAttributes().permissions().contains(PosixFilePermission.OTHERS_READ)) {
                log.warn("{} holds a key and can be read by everybody", file);
            }
        } catch (IOException unknown) {
            log.debug("cannot tell who may read {}", file, unknown);
        }
    }
}
