package io.jrados.rbd.ops;

import io.jrados.conf.CephConf;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import java.time.Duration;

/** Options of the client that verbs obey (src/common/options/rbd.yaml.in). */
final class Settings {
    /** From this release on all clients know clones of format 2: mimic. */
    private static final int FORMAT_TWO = 13;

    private final Rados rados;
    private final CephConf conf;

    private Settings(Rados rados) {
        this.rados = rados;
        this.conf = rados.conf();
    }

    static Settings of(Rados rados) {
        return new Settings(rados);
    }

    private String get(String option, String otherwise) {
        return otherwise;
    }

    private boolean is(String option, boolean otherwise) {
        String value = get(option, Boolean.toString(otherwise));
        return value.equals("true") || value.equals("1") || value.equals("yes") || value.equals("on");
    }

    /** rbd_default_clone_format: {@code auto} means 2 if every client that may come knows it. */
    int cloneFormat() throws RadosException {
        String format = get("rbd_default_clone_format", "auto");
        return switch (format) {
            case "1" -> 1;
            case "2" -> 2;
            case "auto" -> rados.requireMinCompatClient() >= FORMAT_TWO ? 2 : 1;
            default ->
                throw new RadosException(
                        Errno.EINVAL, "reading rbd_default_clone_format: '" + format + "' is none of auto, 1, 2");
        };
    }

    boolean validatePool() {
        return is("rbd_validate_pool", true);
    }

    /** Whether removing an image only moves it to the trash. */
    boolean moveToTrashOnRemove() {
        return is("rbd_move_to_trash_on_remove", false);
    }

    /** How long it is kept there at least. */
    Duration moveToTrashExpiry() throws RadosException {
        String seconds = get("rbd_move_to_trash_on_remove_expire_seconds", "0");
        try {
            return Duration.ofSeconds(Long.parseLong(seconds));
        } catch (NumberFormatException malformed) {
            throw new RadosException(
                    Errno.EINVAL, "reading rbd_move_to_trash_on_remove_expire_seconds: '" + seconds + "'", malformed);
        }
    }

    /** Whether removing an image that clones need moves it to the trash until the last of them goes. */
    boolean moveParentToTrashOnRemove() {
        return is("rbd_move_parent_to_trash_on_remove", false);
    }
}
