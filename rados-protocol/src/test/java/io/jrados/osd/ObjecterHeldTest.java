package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log of operations that do not end. */
class ObjecterHeldTest extends ObjecterCase {
    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    @BeforeEach
    void capture() {
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void release() {
        System.setErr(stderr);
    }

    private List<String> lines(String with) {
        return log.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains(with))
                .toList();
    }

    @Test
    void anOperationThatIsHeldWarnsOnceAndSaysWhenItEnds() {
        FakeCluster cluster = FakeCluster.at(16);
        write(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        cluster.loop.pass(Duration.ofMillis(4800));
        assertThat(lines("held")).isEmpty();
        cluster.loop.pass(Duration.ofSeconds(2));
        assertThat(lines("held for 5 s"))
                .singleElement()
                .asString()
                .contains("WARN", "writing", "osd.0 at ", "waits for an OSD's answer since ");
        cluster.loop.pass(Duration.ofSeconds(2));
        assertThat(lines("held")).hasSize(1);
        osd.reply(osd.next(), 0);
        assertThat(lines("no longer held")).singleElement().asString().contains("INFO", " ms, done");
        assertThat(lines("held")).hasSize(2);
    }

    @Test
    void anOperationWithoutAnOsdSaysWhatItWaitsFor() {
        FakeCluster cluster = new FakeCluster();
        write(cluster, "early");
        cluster.loop.pass(Duration.ofSeconds(6));
        assertThat(lines("held for 5 s")).singleElement().asString().contains("the monitors have not sent one");
        cluster.objecter.close();
        cluster.loop.run();
        assertThat(lines("no longer held")).singleElement().asString().contains("failed: ", "shut down");
    }

    @Test
    void ofThousandsThatAreHeldTwentyAreTold() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        for (int i = 0; i < 500; i++) {
            write(cluster, object);
        }
        cluster.to(0).ready();
        cluster.loop.pass(Duration.ofSeconds(9));
        assertThat(lines("held for 5 s: ")).hasSize(20);
        assertThat(lines("480 other operations are held")).hasSize(1);
    }

    @Test
    void aClientThatIsClosedSaysNothing() {
        FakeCluster cluster = FakeCluster.at(16);
        write(cluster, cluster.objectOn(0));
        cluster.to(0).ready();
        cluster.objecter.close();
        cluster.loop.run();
        assertThat(lines("")).isEmpty();
    }
}
