package io.jrados.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jrados.disk.model.DiskFormat;
import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.DiskInfo;
import io.jrados.disk.model.RandomAccessSource;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that have a thing we do not read: refused by its name, and described all the same. */
class RefusalsTest {
    private static final int FEATURES = 72;

    @TempDir
    Path folder;

    private Tools tools;

    @BeforeEach
    void beginFolder() {
        tools = new Tools(folder);
    }

    private RandomAccessSource source(String name) throws IOException {
        return RandomAccessSource.of(FileChannel.open(tools.path(name)));
    }

    private void isRefused(String name, String thing) throws IOException {
        RandomAccessSource source = source(name);
        RadosException refused = catchThrowableOfType(RadosException.class, () -> DiskImages.open(source));
        assertThat(refused).hasMessageContaining(thing);
        assertThat(refused.errno()).isEqualTo(Errno.EOPNOTSUPP);
        RadosException closed =
                catchThrowableOfType(RadosException.class, () -> source.read(0, ByteBuffer.allocate(1)));
        assertThat(closed.errno()).isEqualTo(Errno.EBADF);
    }

    private ObjectNode described(String name) throws IOException {
        try (RandomAccessSource source = source(name)) {
            return (ObjectNode) Tools.parse(DiskImages.info(source).toJson(name));
        }
    }

    private ObjectNode expected(String name) {
        ObjectNode info = (ObjectNode) tools.json("info", name);
        info.remove("actual-size");
        return info;
    }

    @Test
    void backingFile() throws IOException {
        tools.qemuImg("create", "-q", "-f", "qcow2", "base.qcow2", "1M");
        for (String compat : new String[] {"0.10", "1.1"}) {
            tools.qemuImg(
                    "create",
                    "-q",
                    "-f",
                    "qcow2",
                    "-o",
                    "compat=" + compat,
                    "-b",
                    "base.qcow2",
                    "-F",
                    "qcow2",
                    "a.qcow2");
            isRefused("a.qcow2", "the backing file \"base.qcow2\"");
            assertEquals(expected("a.qcow2"), described("a.qcow2"));
        }
    }

    @Test
    void externalDataFile() throws IOException {
        tools.qemuImg("create", "-q", "-f", "qcow2", "-o", "data_file=d.raw,data_file_raw=on", "a.qcow2", "1M");
        isRefused("a.qcow2", "the external data file \"d.raw\"");
        assertEquals(expected("a.qcow2"), described("a.qcow2"));
    }

    @Test
    void encryption() throws IOException {
        for (String format : new String[] {"luks", "aes"}) {
            tools.qemuImg(
                    "create",
                    "-q",
                    "-f",
                    "qcow2",
                    "--object",
                    "secret,id=s,data=abc",
                    "-o",
                    "encrypt.format=" + format + ",encrypt.key-secret=s"
                            + (format.equals("luks") ? ",encrypt.iter-time=10" : ""),
                    "a.qcow2",
                    "1M");
            isRefused("a.qcow2", format + " encryption");
            ObjectNode described = expected("a.qcow2");
            ObjectNode encryption = (ObjectNode) described.at("/format-specific/data/encrypt");
            encryption.retain("format");
            assertEquals(described, described("a.qcow2"));
        }
    }

    @Test
    void unknownFeaturesByTheNameThatTheImageHas() throws IOException {
        tools.qemuImg("create", "-q", "-f", "qcow2", "a.qcow2", "1M");
        byte[] bytes = Files.readAllBytes(tools.path("a.qcow2"));
        ByteBuffer.wrap(bytes).putLong(FEATURES, 1L << 40 | 1L << 5);
        Files.write(tools.path("a.qcow2"), bytes);
        isRefused("a.qcow2", "bit 5 and the incompatible feature of bit 40");
        int names = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("dirty bit");
        bytes[names - 1] = 40;
        Files.write(tools.path("a.qcow2"), bytes);
        isRefused("a.qcow2", "bit 40 (\"dirty bit\")");
    }

    @Test
    void otherVersions() throws IOException {
        tools.qemuImg("create", "-q", "-f", "qcow", "a.qcow", "1M");
        isRefused("a.qcow", "version 1 of the format");
        tools.qemuImg("create", "-q", "-f", "qcow2", "a.qcow2", "1M");
        byte[] bytes = Files.readAllBytes(tools.path("a.qcow2"));
        ByteBuffer.wrap(bytes).putInt(4, 4);
        Files.write(tools.path("a.qcow2"), bytes);
        isRefused("a.qcow2", "version 4 of the format");
    }

    @Test
    void otherFormats() throws IOException {
        for (String format : new String[] {"vmdk", "vpc", "vhdx", "vdi", "qed", "parallels", "luks"}) {
            if (format.equals("luks")) {
                tools.qemuImg(
                        "create",
                        "-q",
                        "-f",
                        format,
                        "--object",
                        "secret,id=s,data=abc",
                        "-o",
                        "key-secret=s,iter-time=10",
                        "a." + format,
                        "1M");
            } else {
                tools.qemuImg("create", "-q", "-f", format, "a." + format, "1M");
            }
            isRefused("a." + format, "the format " + format);
        }
        Files.writeString(tools.path("text.vmdk"), "# Disk DescriptorFile\nversion=1\n");
        isRefused("text.vmdk", "the format vmdk");
    }

    @Test
    void rawIsWhateverIsNothingElse() throws IOException {
        byte[] content = Contents.repeated((byte) 5, 1000);
        Files.write(tools.path("a.raw"), content);
        try (DiskImage image = DiskImages.open(source("a.raw"))) {
            assertEquals(expected("a.raw"), Tools.parse(image.info().toJson("a.raw")));
            assertThat(image.virtualSize()).isEqualTo(1024);
            ByteBuffer read = ByteBuffer.allocate(1024);
            image.read(0, read);
            assertThat(read.get(999)).isEqualTo((byte) 5);
            assertThat(read.get(1000)).isZero();
        }
        Files.write(tools.path("empty.raw"), new byte[0]);
        try (DiskImage image = DiskImages.open(source("empty.raw"))) {
            assertThat(image.virtualSize()).isZero();
        }
    }

    @Test
    void theFormatThatIsSaidCounts() throws IOException {
        tools.qemuImg("create", "-q", "-f", "qcow2", "a.qcow2", "1M");
        try (DiskImage image = DiskImages.open(source("a.qcow2"), DiskFormat.RAW)) {
            assertThat(image.info()).isEqualTo(DiskInfo.raw(image.virtualSize()));
            assertThat(image.virtualSize()).isBetween(Files.size(tools.path("a.qcow2")), 1L << 20);
        }
    }
}
