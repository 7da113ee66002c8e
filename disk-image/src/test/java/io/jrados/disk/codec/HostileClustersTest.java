package io.jrados.disk.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.disk.Contents;
import io.jrados.disk.Tools;
import io.jrados.error.MalformedException;
import io.jrados.testkit.Fuzz;
import io.jrados.testkit.FuzzCampaign;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compressed data with damage: a value or a refusal, within a bounded time and memory. */
class HostileClustersTest {
    private static final Logger LOG = LoggerFactory.getLogger(HostileClustersTest.class);

    @TempDir
    Path folder;

    @Test
    void damagedDataAreDecodedOrRefused() throws IOException {
        FuzzCampaign campaign = new FuzzCampaign();
        Random random = new Random(3);
        for (String level : new String[] {"-1", "-9", "-19", "--fast=5"}) {
            for (int size : new int[] {200, 3000, 20_000}) {
                byte[] content = Contents.text(random, size);
                campaign.add("zstd", zstd("zstd" + level + " of " + size, content, level, "--no-check"));
            }
        }
        byte[] content = Contents.text(random, 5000);
        campaign.add("zstd", zstd("zstd with checksum", content, "-3", "--check"));
        campaign.add("deflate", deflate(content));
        FuzzCampaign.Outcome outcome = campaign.run();
        LOG.info("{}", outcome);
        assertThat(outcome.decoders()).isEqualTo(2);
    }

    private Fuzz zstd(String name, byte[] content, String... options) throws IOException {
        Tools tools = new Tools(folder);
        Files.write(tools.path("content"), content);
        tools.run("zstd", "-q", "-f", options[0], options[1], "content", "-o", "content.zst");
        return fuzz(name, Files.readAllBytes(tools.path("content.zst")), content.length, new ZstdDecompressor());
    }

    private static Fuzz deflate(byte[] content) {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(content);
        deflater.finish();
        byte[] out = new byte[2 * content.length];
        int length = deflater.deflate(out);
        deflater.end();
        return fuzz("deflate", Arrays.copyOf(out, length), content.length, new InflateDecompressor());
    }

    private static Fuzz fuzz(String name, byte[] good, int size, Decompressor decompressor) {
        byte[] out = new byte[size];
        return new Fuzz(
                name,
                good,
                in -> {
                    decompressor.decompress(in, in.length, out, size);
                    return out;
                },
                MalformedException.class);
    }
}
