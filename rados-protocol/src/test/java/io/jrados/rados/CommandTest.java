package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Commands as they are sent, and answers as the library reads them. */
class CommandTest {
    @Test
    void isJsonWithItsWordsInOrder() {
        Command first = Command.of("osd pool set")
                .with("pool", "a \"quoted\"\n\u0001name")
                .with("count", 3L);
        Command more = first.with("share", 0.5)
                .with("yes", true)
                .with("ids", List.of("a", "b"))
                .with("count", 4L);
        assertThat(first.json())
                .isEqualTo("{\"prefix\":\"osd pool set\",\"format\":\"json\","
                        + "\"pool\":\"a \\\"quoted\\\"\\n\\u0001name\",\"count\":3}");
        assertThat(more.json()).endsWith("\"count\":4,\"share\":0.5,\"yes\":true,\"ids\":[\"a\",\"b\"]}");
        assertThat(Command.of("status").with("format", "plain").json())
                .isEqualTo("{\"prefix\":\"status\",\"format\":\"plain\"}");
        assertThat(more).hasToString("osd pool set");
        assertThatThrownBy(() -> first.with("share", Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> first.with("pool", (String) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("value");
    }

    @Test
    void anAnswerThatIsNotWhatWasAskedForIsAnError() {
        for (String answer : List.of("", "{}", "[{}]", "[{\"addr\":1}]", "[{\"addr\":\"a\"}", "addr")) {
            Blocklist blocklist = new Blocklist(
                    command -> CompletableFuture.completedFuture(
                            new CommandResult("", answer.getBytes(StandardCharsets.UTF_8))),
                    () -> CompletableFuture.completedFuture(null));
            assertThatThrownBy(blocklist::list)
                    .as(answer)
                    .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                            .isEqualTo(Errno.EBADMSG))
                    .hasMessageContaining("listing the blocklist [");
            assertThat(blocklist.listAsync()).isCompletedExceptionally();
        }
    }
}
