package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.FakeLoop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboxTest {
    private final FakeLoop loop = new FakeLoop();
    private final Inbox inbox = new Inbox(loop);
    private final List<Integer> ran = new ArrayList<>();

    @Test
    void runsTasksInOrderAlsoThoseThatTasksAdd() {
        inbox.add(() -> {
            ran.add(1);
            inbox.add(() -> ran.add(3));
        });
        inbox.add(() -> ran.add(2));
        loop.run();
        assertThat(ran).containsExactly(1, 2, 3);
    }

    @Test
    void goesOnAfterATaskThatFails() {
        inbox.add(() -> {
            throw new IllegalStateException("on purpose");
        });
        inbox.add(() -> {
            throw new OutOfMemoryError("on purpose");
        });
        inbox.add(() -> ran.add(1));
        loop.run();
        assertThat(ran).containsExactly(1);
    }

    @Test
    void runsManyMoreThanOneBatch() {
        for (int i = 0; i < 5000; i++) {
            inbox.add(() -> ran.add(1));
        }
        loop.run();
        assertThat(ran).hasSize(5000);
    }
}
