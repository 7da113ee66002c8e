package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Fencing with monitors that know only the old word for it. */
class BlocklistTest {
    private final List<String> asked = new ArrayList<>();
    private int maps;

    private CompletableFuture<CommandResult> old(Command command) {
        asked.add(command.json());
        return command.json().contains("blocklist")
                ? CompletableFuture.failedFuture(RadosException.of(Errno.EINVAL, "running " + command))
                : CompletableFuture.completedFuture(
                        new CommandResult("", "[{\"addr\": \"192.0.2.7:0/1\"}]\n[]".getBytes(StandardCharsets.UTF_8)));
    }

    private Blocklist blocklist() {
        return new Blocklist(this::old, () -> {
            maps++;
            return CompletableFuture.completedFuture(null);
        });
    }

    @Test
    @Covers({"C20", "F26"})
    void triesTheOldWordWhenTheNewIsNotKnown() throws RadosException {
        blocklist().add("192.0.2.7:0/1", Optional.of(Duration.ofMillis(1500)));
        assertThat(asked)
                .containsExactly(
                        "{\"prefix\":\"osd blocklist\",\"format\":\"json\",\"blocklistop\":\"add\",\"addr\":\"192.0.2.7:0/1\",\"expire\":1.5}",
                        "{\"prefix\":\"osd blacklist\",\"format\":\"json\",\"blacklistop\":\"add\",\"addr\":\"192.0.2.7:0/1\",\"expire\":1.5}");
        assertThat(maps).as("waits for the map that shows it").isEqualTo(1);
        assertThat(blocklist().list()).containsExactly("192.0.2.7:0/1");
    }

    @Test
    @Covers("C20")
    void otherFailuresStay() {
        Blocklist refused = new Blocklist(
                command -> {
                    asked.add(command.json());
                    return CompletableFuture.failedFuture(RadosException.of(Errno.EACCES, "running " + command));
                },
                () -> CompletableFuture.completedFuture(null));
        assertThatThrownBy(() -> refused.remove("192.0.2.7:0/1")).hasMessageContaining("EACCES");
        assertThat(asked).hasSize(1);
    }
}
