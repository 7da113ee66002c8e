package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.Explanation;
import io.jrados.error.Stage;
import io.jrados.error.Waiting;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Explanations of what operations wait for, where a real cluster hardly makes them wait. */
class ObjecterExplainTest extends ObjecterCase {
    private static Explanation explain(FakeCluster cluster) {
        Explanation.Builder all = new Explanation.Builder();
        cluster.objecter.explain(all);
        return all.build();
    }

    private static Waiting only(FakeCluster cluster) {
        Explanation all = explain(cluster);
        assertThat(all.waiting()).as(all.toString()).hasSize(1);
        return all.waiting().get(0);
    }

    @Test
    void answersThatAreNotReadForLackOfMemoryAreToldFromThoseThatDoNotCome() {
        FakeCluster cluster = FakeCluster.at(16);
        read(cluster, cluster.objectOn(0));
        assertThat(only(cluster).stage()).isEqualTo(Stage.CONNECTING);
        FakeConnection osd = cluster.to(0).ready();
        assertThat(only(cluster).stage()).isEqualTo(Stage.ANSWER);
        osd.starved = true;
        assertThat(only(cluster).stage()).isEqualTo(Stage.MEMORY);
        assertThat(only(cluster).cause()).contains("osd.0 at ").contains("is not read");
        osd.reply(osd.next(), 0);
        assertThat(explain(cluster)).hasToString("nothing is waited for");
    }

    @Test
    void aPauseIsSinceTheMapThatBroughtIt() {
        FakeCluster cluster = FakeCluster.at(16);
        write(cluster, cluster.objectOn(0));
        cluster.to(0).ready();
        cluster.loop.pass(Duration.ofSeconds(3));
        Waiting sent = only(cluster);
        assertThat(sent.stage()).isEqualTo(Stage.ANSWER);
        cluster.publish(17);
        Waiting paused = only(cluster);
        assertThat(paused.stage()).isEqualTo(Stage.PAUSED);
        assertThat(Duration.between(sent.since(), paused.since())).isGreaterThanOrEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void anExplanationIsBoundedAndSaysHowMuchMoreThereIs() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        for (int i = 0; i < Explanation.MOST + 500; i++) {
            write(cluster, object);
        }
        Explanation all = explain(cluster);
        assertThat(all.waiting()).hasSize(Explanation.MOST);
        assertThat(all.more()).isEqualTo(500);
        assertThat(all.toString()).endsWith("\nand 500 more");
    }
}
