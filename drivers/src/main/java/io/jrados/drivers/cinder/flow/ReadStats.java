package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.cinder.model.VolumeStats;
import io.jrados.drivers.cinder.rule.Sizes;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.json.JsonReader;
import io.jrados.json.JsonValue;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks for the capacity of the pool, and for the sizes of its images if others use it too. */
public final class ReadStats {
    private static final Logger LOG = LoggerFactory.getLogger(ReadStats.class);
    private static final double GIB = 1L << 30;

    private final Call call;

    public ReadStats(Call call) {
        this.call = call;
    }

    /**
     * The room of a pool, in bytes.
     *
     * @param cluster the size of the whole cluster
     * @param used what the pool's clients have stored
     * @param available what they can still store
     * @param quota 0 for none
     */
    record Room(long cluster, long used, long available, long quota) {
        long free() {
            return quota == 0 ? available : Math.max(0, Math.min(quota - used, available));
        }

        long total(boolean dynamic) {
            return dynamic ? free() + used : quota == 0 ? cluster : quota;
        }
    }

    public VolumeStats run() {
        String fsid = call.rados().fsid().toString();
        try {
            Room room = room();
            return new VolumeStats(
                    call.options(),
                    fsid,
                    OptionalDouble.of(gib(room.total(call.options().dynamicTotalCapacity()))),
                    OptionalDouble.of(gib(room.free())),
                    call.options().exclusivePool() ? OptionalLong.empty() : OptionalLong.of(provisioned()));
        } catch (RadosException failed) {
            LOG.error("the capacity of pool {} is unknown", call.options().pool(), failed);
            return new VolumeStats(
                    call.options(), fsid, OptionalDouble.empty(), OptionalDouble.empty(), OptionalLong.empty());
        }
    }

    static double gib(long bytes) {
        return Math.round(bytes / GIB * 100) / 100.0;
    }

    private Room room() throws RadosException {
        String pool = call.options().pool();
        JsonValue df = JsonReader.read(call.rados()
                .monCommand("{\"prefix\": \"df\", \"format\": \"json\"}")
                .output());
        long quota = call.rados().admin().pools().quota(pool).maxBytes().orElse(0);
        for (JsonValue each : df.get("pools").elements()) {
            if (each.get("name").text().equals(pool)) {
                JsonValue stats = each.get("stats");
                long used = stats.find("stored").orElse(stats.get("bytes_used")).number();
                return new Room(
                        df.get("stats").get("total_bytes").number(),
                        used,
                        stats.get("max_avail").number(),
                        quota);
            }
        }
        throw RadosException.of(Errno.ENOENT, "looking for pool " + pool + " in the cluster's statistics");
    }

    /** GiB of all images together, rounded up; those that cannot be read count for nothing. */
    private long provisioned() throws RadosException {
        Rbd rbd = call.rbd();
        long bytes = 0;
        for (String name : rbd.list()) {
            try (Image image = rbd.openReadOnly(name)) {
                bytes += image.size();
            } catch (RadosException unreadable) {
                LOG.debug("image {} is left out of the provisioned size: {}", name, unreadable.getMessage());
            }
        }
        return Sizes.roundedUp(bytes);
    }
}
