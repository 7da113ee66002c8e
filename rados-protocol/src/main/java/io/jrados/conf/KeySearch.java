package io.jrados.conf;

import io.jrados.error.ConfigurationException;
import io.jrados.error.Errno;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
            return fromFile(path(conf.get("keyfile")));
        }
        for (String path : conf.get("keyring").split("[;,]+")) {
            String place = path.strip();
            if (place.isEmpty()) {
                continue;
            }
            Path file = path(place);
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

    private static Path path(String text) throws RadosException {
        try {
            return Path.of(text);
        } catch (InvalidPathException wrong) {
            throw new ConfigurationException(
                    Errno.EINVAL, "looking for a key in " + Printable.quoted(text) + ", which is no path");
        }
    }

    private static String fromFile(Path file) throws RadosException {
        try {
            warnIfOpen(file);
            String doing = "reading the key in " + file;
            SmallFile.checkRegular(file, doing);
            return new String(SmallFile.read(file, SmallFile.MAX_KEYS, doing), StandardCharsets.UTF_8).strip();
        } catch (RadosException known) {
            throw known;
        } catch (IOException failed) {
            Errno errno = Files.exists(file) ? Errno.EACCES : Errno.ENOENT;
            throw new ConfigurationException(errno, "reading the key in " + file, failed);
        }
    }

    /** A group may be meant to read a key, as that of a service is; nobody else is meant to write one. */
    private static void warnIfOpen(Path file) {
        try {
            PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            Set<PosixFilePermission> may =
                    view == null ? Set.of() : view.readAttributes().permissions();
            if (may.contains(PosixFilePermission.OTHERS_READ)) {
                log.warn("{} holds a key and can be read by everybody", file);
            }
            if (may.contains(PosixFilePermission.OTHERS_WRITE) || may.contains(PosixFilePermission.GROUP_WRITE)) {
                log.warn("{} holds a key and can be changed by others than its owner", file);
            }
        } catch (IOException unknown) {
            log.debug("cannot tell who may read {}", file, unknown);
        }
    }
}
