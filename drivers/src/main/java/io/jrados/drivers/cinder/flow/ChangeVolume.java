package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.Opened;
import io.jrados.drivers.cinder.rule.Sizes;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;

/** Changes a volume's size, or its content to that of a snapshot. */
public final class ChangeVolume {
    private final Call call;

    public ChangeVolume(Call call) {
        this.call = call;
    }

    /** @param gibibytes at least what it has */
    public void extend(String volume, int gibibytes) throws RadosException {
        Rbd rbd = call.rbd();
        String doing = "extending volume " + volume + " to " + gibibytes + " GiB";
        try (Opened opened = new Opened(rbd.open(volume))) {
            Image image = opened.image();
            if (Sizes.bytes(gibibytes) < image.size()) {
                throw new DriverException(Kind.INVALID, doing + ", which has " + image.size() + " bytes");
            }
            image.resize(Sizes.bytes(gibibytes), false, call.progress());
            call.did("extended", rbd, volume);
        } catch (DriverException known) {
            throw known;
        } catch (RadosException failed) {
            throw new DriverException(Kind.BACKEND, doing, failed);
        }
    }

    public void revert(String volume, String snapshot) throws RadosException {
        Rbd rbd = call.rbd();
        try (Opened opened = new Opened(rbd.open(volume))) {
            Image image = opened.image();
            image.rollBack(snapshot, call.progress());
            call.did("reverted", rbd, volume);
        }
    }
}
