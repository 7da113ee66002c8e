package io.jrados.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Fuzz;
import io.jrados.testkit.FuzzCampaign;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers in JSON, damaged ({@link FuzzCampaign}), and texts that are made to be dear. */
@Covers("K24")
class HostileJsonTest {
    private static final Logger LOG = LoggerFactory.getLogger(HostileJsonTest.class);

    private final FuzzCampaign campaign = new FuzzCampaign();

    private void add(String name, String json, Function<byte[], ?> reader) {
        campaign.add(name, new Fuzz(name, json.getBytes(StandardCharsets.UTF_8), reader, MalformedException.class));
    }

    @Test
    void isRefusedOrRead() {
        add(
                "blocklist",
                "[{\"addr\":\"192.0.2.7:0/1\",\"until\":\"2026-01-01T00:00:00.000000+0000\"}]\n[]",
                JsonReader::readAll);
        add("keys", "[\"mgr/telemetry/salt\",\"rbd/\\u00e9\\ud83d\\ude00/ö\"]", JsonReader::read);
        add("numbers", "[0,-1,18446744073709551615,1.5e-7,{\"a\":null,\"b\":[true,false]}]", JsonReader::read);
        add("depth", "[".repeat(JsonReader.MAX_DEPTH) + "]".repeat(JsonReader.MAX_DEPTH), JsonReader::read);
        FuzzCampaign.Outcome outcome = campaign.run();
        LOG.info("{}", outcome);
        assertThat(outcome.decoded()).isPositive();
        assertThat(outcome.refused()).isGreaterThan(outcome.goldens());
    }

    /** As many values of a kind as fit into a text. */
    @ParameterizedTest
    @ValueSource(
            strings = {"0", "[]", "[0]", "[0,0,0]", "{}", "{\"\":0}", "\"\"", "\"é\"", "\"\\u0000\"", "[[[[[]]]]]"})
    void manyValuesCostASmallNumberTimesTheirLength(String value) {
        byte[] json = ("[" + (value + ",").repeat(50_000) + "0]").getBytes(StandardCharsets.UTF_8);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        JsonReader.read(json);
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        JsonReader.read(json);
        long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(allocated).isLessThan(Fuzz.ALLOCATED_ANYWAY + Fuzz.ALLOCATED_PER_BYTE * json.length);
    }
}
