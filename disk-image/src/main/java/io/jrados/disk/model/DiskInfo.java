package io.jrados.disk.model;

import io.jrados.json.JsonValue;
import io.jrados.json.JsonValue.JsonArray;
import io.jrados.json.JsonValue.JsonObject;
import io.jrados.json.JsonWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The description of a disk image: everything that {@code qemu-img info --output=json} tells of it but the space that
 * its file takes on a disk, which Java cannot ask for. An image that is refused can be described all the same, so that
 * a cloud sees the backing file it refuses.
 *
 * @param virtualSize in bytes
 * @param clusterSize in bytes; empty if the format has none
 * @param backingFile the name of the file below; empty if there is none
 * @param backingFormat the format of the file below; empty if it is not said
 * @param encrypted whether reading it takes a key
 * @param dirty whether its reference counts may be wrong: it was not closed. Its data are not concerned
 * @param snapshots the internal snapshots, which reading ignores
 * @param qcow2 more about a qcow2 image; empty for others
 */
public record DiskInfo(
        DiskFormat format,
        long virtualSize,
        OptionalInt clusterSize,
        Optional<String> backingFile,
        Optional<String> backingFormat,
        boolean encrypted,
        boolean dirty,
        List<InternalSnapshot> snapshots,
        Optional<Qcow2Details> qcow2) {

    /** Copies the list. */
    public DiskInfo {
        snapshots = List.copyOf(snapshots);
    }

    /** The description of a raw image. */
    public static DiskInfo raw(long virtualSize) {
        if (virtualSize < 0) {
            throw new IllegalArgumentException("virtualSize: " + virtualSize);
        }
        return new DiskInfo(
                DiskFormat.RAW,
                virtualSize,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                List.of(),
                Optional.empty());
    }

    /**
     * A snapshot inside an image.
     *
     * @param stateSize the bytes of a virtual machine's state
     * @param seconds when it was made, since 1970
     * @param nanoseconds to be added to them
     * @param guestNanoseconds the time that the guest had run
     * @param instructions that the guest had run; empty if they were not counted
     */
    public record InternalSnapshot(
            String id,
            String name,
            long stateSize,
            long seconds,
            long nanoseconds,
            long guestNanoseconds,
            OptionalLong instructions) {
        private static final long SECOND = 1_000_000_000;

        private JsonValue toJson() {
            Map<String, JsonValue> members = new LinkedHashMap<>();
            instructions.ifPresent(count -> members.put("icount", JsonValue.of(count)));
            members.put("vm-clock-nsec", JsonValue.of(guestNanoseconds % SECOND));
            members.put("name", JsonValue.of(name));
            members.put("date-sec", JsonValue.of(seconds));
            members.put("date-nsec", JsonValue.of(nanoseconds));
            members.put("vm-clock-sec", JsonValue.of(guestNanoseconds / SECOND));
            members.put("id", JsonValue.of(id));
            members.put("vm-state-size", JsonValue.of(stateSize));
            return new JsonObject(members);
        }
    }

    /**
     * Particulars of a qcow2 image.
     *
     * @param version 2 or 3
     * @param compression the method of compressed clusters, {@code zlib} or {@code zstd}
     * @param refcountBits the width of a reference count
     * @param dataFile the external data file; empty if there is none
     * @param encryption {@code aes} or {@code luks}; empty if it is not encrypted
     * @param corrupt whether QEMU found it damaged and forbade to write to it
     */
    public record Qcow2Details(
            int version,
            String compression,
            boolean lazyRefcounts,
            int refcountBits,
            Optional<DataFile> dataFile,
            Optional<String> encryption,
            boolean corrupt,
            boolean extendedL2,
            List<Bitmap> bitmaps) {
        /** Copies the list. */
        public Qcow2Details {
            bitmaps = List.copyOf(bitmaps);
        }

        private JsonValue toJson() {
            Map<String, JsonValue> data = new LinkedHashMap<>();
            boolean modern = version > 2;
            data.put("compat", JsonValue.of(modern ? "1.1" : "0.10"));
            data.put("compression-type", JsonValue.of(compression));
            if (modern) {
                data.put("lazy-refcounts", JsonValue.of(lazyRefcounts));
            }
            if (!bitmaps.isEmpty()) {
                data.put(
                        "bitmaps",
                        new JsonArray(bitmaps.stream().map(Bitmap::toJson).toList()));
            }
            data.put("refcount-bits", JsonValue.of(refcountBits));
            encryption.ifPresent(name -> data.put("encrypt", new JsonObject(Map.of("format", JsonValue.of(name)))));
            dataFile.ifPresent(file -> {
                file.name().ifPresent(name -> data.put("data-file", JsonValue.of(name)));
                data.put("data-file-raw", JsonValue.of(file.raw()));
            });
            if (modern) {
                data.put("corrupt", JsonValue.of(corrupt));
                data.put("extended-l2", JsonValue.of(extendedL2));
            }
            Map<String, JsonValue> specific = new LinkedHashMap<>();
            specific.put("type", JsonValue.of(DiskFormat.QCOW2.qemuName()));
            specific.put("data", new JsonObject(data));
            return new JsonObject(specific);
        }
    }

    /**
     * A file apart that has the data of a qcow2 image.
     *
     * @param name empty if the image does not say it
     * @param raw whether it can be read alone
     */
    public record DataFile(Optional<String> name, boolean raw) {}

    /**
     * A bitmap of changed areas that QEMU keeps in an image.
     *
     * @param granularity the bytes that one bit stands for
     * @param inUse whether it was left unfinished
     * @param auto whether QEMU keeps it up to date by itself
     */
    public record Bitmap(String name, long granularity, boolean inUse, boolean auto) {
        private JsonValue toJson() {
            List<JsonValue> flags = new ArrayList<>();
            if (inUse) {
                flags.add(JsonValue.of("in-use"));
            }
            if (auto) {
                flags.add(JsonValue.of("auto"));
            }
            Map<String, JsonValue> members = new LinkedHashMap<>();
            members.put("flags", new JsonArray(flags));
            members.put("name", JsonValue.of(name));
            members.put("granularity", JsonValue.of(granularity));
            return new JsonObject(members);
        }
    }

    /**
     * The description as {@code qemu-img info --output=json} of QEMU 7.2 has it, without {@code actual-size}, and of an
     * encryption with nothing but its format.
     *
     * @param filename the name under which the image was found
     */
    public String toJson(String filename) {
        Objects.requireNonNull(filename, "filename");
        Map<String, JsonValue> members = new LinkedHashMap<>();
        if (!snapshots.isEmpty()) {
            members.put(
                    "snapshots",
                    new JsonArray(
                            snapshots.stream().map(InternalSnapshot::toJson).toList()));
        }
        backingFormat.ifPresent(name -> members.put("backing-filename-format", JsonValue.of(name)));
        members.put("virtual-size", JsonValue.of(virtualSize));
        members.put("filename", JsonValue.of(filename));
        clusterSize.ifPresent(bytes -> members.put("cluster-size", JsonValue.of(bytes)));
        members.put("format", JsonValue.of(format.qemuName()));
        qcow2.ifPresent(details -> members.put("format-specific", details.toJson()));
        backingFile.ifPresent(name -> {
            members.put("full-backing-filename", JsonValue.of(beside(filename, name)));
            members.put("backing-filename", JsonValue.of(name));
        });
        if (encrypted) {
            members.put("encrypted", JsonValue.of(true));
        }
        members.put("dirty-flag", JsonValue.of(dirty));
        return JsonWriter.pretty(new JsonObject(members));
    }

    private static String beside(String filename, String other) {
        boolean isAbsolute = other.startsWith("/") || other.indexOf(':') >= 0;
        return isAbsolute ? other : filename.substring(0, filename.lastIndexOf('/') + 1) + other;
    }
}
