package io.jrados.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.disk.model.DiskFormat;
import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.DiskInfo;
import io.jrados.disk.model.Qcow2Options;
import io.jrados.disk.model.RandomAccessSource;
import io.jrados.disk.model.RawImage;
import io.jrados.disk.model.RawStream;
import io.jrados.disk.model.StreamInput;
import io.jrados.testkit.BadArguments;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad arguments of each call: a failure that names the argument. */
class BadArgumentsTest {
    @TempDir
    private Path folder;

    @Test
    void areNamed() throws Exception {
        RandomAccessSource raw = new BytesSource(new byte[1024]);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        DiskImages.writeQcow2(new RawImage(raw), Channels.newChannel(written), Qcow2Options.DEFAULT);
        ReadableByteChannel none = Channels.newChannel(InputStream.nullInputStream());
        Path file = Files.write(folder.resolve("file"), new byte[512]);
        BadArguments streams = new BadArguments()
                .with(RandomAccessSource.class, raw)
                .with(DiskFormat.class, DiskFormat.RAW)
                .with(ReadableByteChannel.class, none)
                .with(DiskImage.class, new RawImage(raw))
                .with(WritableByteChannel.class, Channels.newChannel(OutputStream.nullOutputStream()))
                .with(Qcow2Options.class, Qcow2Options.DEFAULT);
        streams.statics(DiskImages.class);
        assertThat(streams.wrong()).isEmpty();
        assertThat(streams.calls()).isGreaterThanOrEqualTo(11);
        try (FileChannel channel = FileChannel.open(file);
                DiskImage qcow2 = DiskImages.open(new BytesSource(written.toByteArray()))) {
            assertThat(qcow2.virtualSize()).isEqualTo(1024);
            // the one above is closed with its stream
            ReadableByteChannel other = Channels.newChannel(InputStream.nullInputStream());
            BadArguments bad = new BadArguments()
                    .with(int.class, 512)
                    .with(RandomAccessSource.class, raw)
                    .with(FileChannel.class, channel)
                    .with(SeekableByteChannel.class, channel)
                    .with(ReadableByteChannel.class, other)
                    .with(StreamInput.class, new StreamInput(other))
                    .with(ByteBuffer.class, ByteBuffer.allocate(1));
            bad.statics(RandomAccessSource.class).statics(DiskFormat.class).statics(RawImage.class);
            bad.statics(DiskInfo.class).of(DiskInfo.class, DiskInfo.raw(512));
            bad.constructors(RawImage.class).constructors(RawStream.class).constructors(StreamInput.class);
            bad.constructors(Qcow2Options.class);
            bad.of(DiskImage.class, new RawImage(raw)).of(DiskImage.class, qcow2);
            bad.of(StreamInput.class, new StreamInput(other));
            assertThat(bad.wrong()).isEmpty();
            assertThat(bad.calls()).isGreaterThan(25);
            BadArguments ofFiles = new BadArguments().with(ByteBuffer.class, ByteBuffer.allocate(1));
            ofFiles.of(RandomAccessSource.class, RandomAccessSource.of(channel));
            assertThat(ofFiles.wrong()).isEmpty();
        }
    }
}
