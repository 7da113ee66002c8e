package io.jrados.disk.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.jrados.disk.Contents;
import io.jrados.disk.Tools;
import io.jrados.error.MalformedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames that the program {@code zstd} makes, at every level and of contents that take every path of the format. */
class ZstdDecompressorTest {
    private static final int[] SIZES = {1, 2, 3, 7, 31, 100, 255, 256, 1000, 1023, 1024, 1025, 4096, 65536};

    @TempDir
    Path folder;

    private Tools tools;
    private final List<String> names = new ArrayList<>();
    private final ZstdDecompressor decompressor = new ZstdDecompressor();

    @BeforeEach
    void makeContents() throws IOException {
        tools = new Tools(folder);
        Random random = new Random(8);
        for (int size : SIZES) {
            write("text" + size, Contents.text(random, size));
        }
        write("noise", Contents.noise(random, 20_000));
        write("same", Contents.repeated((byte) 9, 200_000));
        write("few", few(random, 40_000, 3));
        write("skewed", few(random, 40_000, 200));
        write("periodic", periodic());
        write("mixed", mixed(random));
        write("program", Arrays.copyOf(Files.readAllBytes(Path.of("/usr/bin/env")), 40_000));
    }

    private void write(String name, byte[] content) throws IOException {
        Files.write(tools.path(name), content);
        names.add(name);
    }

    /** Symbols of which the low ones are much more frequent. */
    private static byte[] few(Random random, int length, int symbols) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (symbols * Math.pow(random.nextDouble(), 4));
        }
        return bytes;
    }

    /** Repetitions of every short period, whose matches overlap their own output. */
    private static byte[] periodic() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int period = 1; period < 40; period++) {
            for (int i = 0; i < 700 + period; i++) {
                out.write(i % period * period);
            }
        }
        return out.toByteArray();
    }

    private static byte[] mixed(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < 40; i++) {
            int length = 1 + random.nextInt(9000);
            out.writeBytes(random.nextBoolean() ? Contents.text(random, length) : Contents.noise(random, length));
            out.writeBytes(Contents.repeated((byte) i, random.nextInt(3000)));
        }
        return out.toByteArray();
    }

    /** Keeps the contents that are large enough for the levels to differ. */
    private void keepLarge() {
        names.removeIf(name -> name.startsWith("text") && !name.equals("text65536"));
    }

    private void compress(String... options) {
        List<String> command = new ArrayList<>(List.of("zstd", "-q", "-f", "-k"));
        command.addAll(List.of(options));
        command.addAll(names);
        tools.run(command);
    }

    private void judgeAll(String how) throws IOException {
        for (String name : names) {
            byte[] expected = Files.readAllBytes(tools.path(name));
            byte[] frame = Files.readAllBytes(tools.path(name + ".zst"));
            assertArrayEquals(expected, decompressed(frame, expected.length), name + " " + how);
        }
    }

    private byte[] decompressed(byte[] in, int size) {
        byte[] out = new byte[size];
        decompressor.decompress(in, in.length, out, size);
        return out;
    }

    @Test
    void everyLevelIsRead() throws IOException {
        keepLarge();
        for (int level = 1; level <= 22; level++) {
            compress("--ultra", "-" + level);
            judgeAll("level " + level);
        }
    }

    @Test
    void fastLevelsAndOtherFramesAreRead() throws IOException {
        for (String options : List.of(
                "--fast=1",
                "--fast=50",
                "--no-check",
                "--no-content-size",
                "--long=24",
                "--rsyncable -T2",
                "-B1000 -T2")) {
            compress(options.split(" "));
            judgeAll(options);
        }
    }

    @Test
    void framesFollowEachOther() throws IOException {
        compress();
        ByteArrayOutputStream in = new ByteArrayOutputStream();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (String name : names) {
            in.writeBytes(new byte[] {0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3});
            in.writeBytes(Files.readAllBytes(tools.path(name + ".zst")));
            expected.writeBytes(Files.readAllBytes(tools.path(name)));
        }
        in.writeBytes(new byte[700]);
        assertArrayEquals(expected.toByteArray(), decompressed(in.toByteArray(), expected.size()));
    }

    @Test
    void framesOfAnotherSizeAreRefused() throws IOException {
        compress();
        byte[] frame = Files.readAllBytes(tools.path("mixed.zst"));
        int size = (int) Files.size(tools.path("mixed"));
        assertThatThrownBy(() -> decompressed(frame, size - 1)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> decompressed(frame, size + 1))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("break off");
    }

    @Test
    void checksumsAreChecked() throws IOException {
        compress();
        for (String name : names) {
            byte[] frame = Files.readAllBytes(tools.path(name + ".zst"));
            frame[frame.length - 1] ^= 1;
            int size = (int) Files.size(tools.path(name));
            assertThatThrownBy(() -> decompressed(frame, size))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("checksum");
        }
    }

    @Test
    void dictionariesAreRefusedByName() {
        byte[] frame = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0x21, 7, 1, 1, 0, 0, 0};
        assertThatThrownBy(() -> decompressed(frame, 1))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("dictionary");
    }

    @Test
    void nothingBehindTheOutputIsTouched() throws IOException {
        compress();
        byte[] out = Contents.repeated((byte) 77, 400_000);
        byte[] frame = Files.readAllBytes(tools.path("periodic.zst"));
        int size = (int) Files.size(tools.path("periodic"));
        decompressor.decompress(frame, frame.length, out, size);
        assertThat(Arrays.copyOfRange(out, size, out.length)).containsOnly(77);
    }
}
