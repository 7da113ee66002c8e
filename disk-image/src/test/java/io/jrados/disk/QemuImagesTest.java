package io.jrados.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.Extent;
import io.jrados.disk.model.RandomAccessSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images made by QEMU, read by us: the same bytes as {@code qemu-img convert}, the same map as {@code qemu-img map},
 * the same description as {@code qemu-img info}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QemuImagesTest {
    private static final int PIECE = 300_000;
    private static final long COMPARED_WHOLE = 64 << 20;

    @TempDir
    Path folder;

    private Tools tools;

    private Map<String, Consumer<String>> images() throws IOException {
        tools = new Tools(folder);
        Contents.mixed(tools.path("mixed.raw"), 3, 1);
        tools.run("/usr/sbin/mke2fs", "-q", "-F", "-t", "ext4", "-d", "/usr/share/perl5", "debian.raw", "10M");
        return QemuImages.all(tools);
    }

    @Test
    void thereAreAtLeastSixtyImages() throws IOException {
        assertTrue(images().size() >= 60, "only " + images().size());
    }

    @TestFactory
    Stream<DynamicTest> readAsQemuReadsThem() throws IOException {
        return images().entrySet().stream()
                .map(image -> DynamicTest.dynamicTest(image.getKey(), () -> judge(image.getValue())));
    }

    private void judge(Consumer<String> maker) throws IOException {
        maker.accept("image.qcow2");
        tools.qemuImg("convert", "-O", "raw", "image.qcow2", "expected.raw");
        try (DiskImage image = DiskImages.open(source("image.qcow2"));
                FileChannel expected = FileChannel.open(tools.path("expected.raw"))) {
            assertEquals(expected.size(), image.virtualSize());
            assertEquals(described(), description(image), "info");
            assertEquals(qemuMap(), map(image), "map");
            if (image.virtualSize() <= COMPARED_WHOLE) {
                compareWhole(image, expected);
            } else {
                compareData(image, expected);
            }
        } finally {
            Files.deleteIfExists(tools.path("image.qcow2"));
            Files.deleteIfExists(tools.path("expected.raw"));
        }
    }

    private RandomAccessSource source(String name) throws IOException {
        return RandomAccessSource.of(FileChannel.open(tools.path(name)));
    }

    private JsonNode described() {
        ObjectNode info = (ObjectNode) tools.json("info", "image.qcow2");
        info.remove("actual-size");
        return info;
    }

    private static JsonNode description(DiskImage image) {
        return Tools.parse(image.info().toJson("image.qcow2"));
    }

    /** Lists the extents that QEMU tells, joined where they differ in nothing that we tell. */
    private Map<Long, String> qemuMap() {
        List<Extent> extents = new ArrayList<>();
        for (JsonNode each : tools.json("map", "image.qcow2")) {
            Extent.Kind kind = each.get("data").asBoolean()
                    ? Extent.Kind.DATA
                    : each.get("present").asBoolean() ? Extent.Kind.ZERO : Extent.Kind.ABSENT;
            // Of an empty disk QEMU tells one extent without length.
            if (each.get("length").asLong() > 0) {
                extents.add(new Extent(
                        each.get("start").asLong(), each.get("length").asLong(), kind));
            }
        }
        return joined(extents);
    }

    private static Map<Long, String> map(DiskImage image) throws IOException {
        List<Extent> extents = new ArrayList<>();
        for (long at = 0;
                at < image.virtualSize();
                at = extents.get(extents.size() - 1).end()) {
            extents.add(image.extent(at, Long.MAX_VALUE));
        }
        Map<Long, String> joined = joined(extents);
        assertEquals(extents.size(), joined.size(), "extents of one kind side by side");
        return joined;
    }

    private static Map<Long, String> joined(List<Extent> extents) {
        Map<Long, String> joined = new LinkedHashMap<>();
        Extent last = null;
        for (Extent extent : extents) {
            boolean continues = last != null && last.kind() == extent.kind();
            last = continues ? new Extent(last.offset(), extent.end() - last.offset(), last.kind()) : extent;
            joined.put(last.offset(), last.kind() + " " + last.length());
        }
        return joined;
    }

    private static void compareWhole(DiskImage image, FileChannel expected) throws IOException {
        for (long at = 0; at < image.virtualSize(); at += PIECE) {
            compare(image, expected, at, (int) Math.min(PIECE, image.virtualSize() - at));
        }
        Random random = new Random(image.virtualSize());
        for (int i = 0; i < 50 && image.virtualSize() > 0; i++) {
            long at = random.nextInt((int) image.virtualSize());
            compare(image, expected, at, (int) Math.min(1 + random.nextInt(5000), image.virtualSize() - at));
        }
    }

    private static void compareData(DiskImage image, FileChannel expected) throws IOException {
        for (long at = 0; at < image.virtualSize(); ) {
            Extent extent = image.extent(at, 1 << 20);
            if (extent.kind() == Extent.Kind.DATA) {
                compare(image, expected, at, (int) extent.length());
            }
            at = extent.kind() == Extent.Kind.DATA
                    ? extent.end()
                    : image.extent(at, Long.MAX_VALUE).end();
        }
    }

    private static void compare(DiskImage image, FileChannel expected, long at, int length) throws IOException {
        ByteBuffer ours = ByteBuffer.allocate(length);
        ByteBuffer theirs = ByteBuffer.allocate(length);
        image.read(at, ours);
        while (theirs.hasRemaining() && expected.read(theirs, at + theirs.position()) > 0) {}
        assertEquals(length, theirs.position());
        int differs = ours.flip().mismatch(theirs.flip());
        assertEquals(-1, differs, "differs at " + (at + differs));
    }
}
