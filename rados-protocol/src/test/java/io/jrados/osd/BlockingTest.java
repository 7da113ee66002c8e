package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.BusyException;
import io.jrados.error.ClosedException;
import io.jrados.error.ConfigurationException;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.MismatchException;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.error.RadosException;
import io.jrados.error.Receipt;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The failures that threads see which wait for one operation. */
class BlockingTest {
    /** A blocking form as those of the public interfaces. */
    private interface Form {
        CompletableFuture<Void> readAsync();

        default void read() throws RadosException {
            Blocking.on(readAsync());
        }
    }

    @Test
    void eachWaiterGetsItsOwnCopyAndTheSharedFailureKeepsNothingOfThem() {
        RadosException shared = new RadosException(Errno.EIO, "reading");
        CompletableFuture<Void> failed = CompletableFuture.failedFuture(shared);
        Map<Throwable, Boolean> thrown = new IdentityHashMap<>();
        for (int waiter = 0; waiter < 10_000; waiter++) {
            RadosException seen = catchThrowableOfType(RadosException.class, () -> Blocking.on(failed));
            thrown.put(seen, true);
            assertThat(seen.getSuppressed()).isEmpty();
        }

        assertThat(thrown).hasSize(10_000).doesNotContainKey(shared);
        assertThat(shared.getSuppressed()).isEmpty();
    }

    @Test
    void theCallersFrameIsFirst() {
        RadosException shared = new RadosException(Errno.EIO, "reading");
        Form form = () -> CompletableFuture.failedFuture(shared);

        RadosException seen = catchThrowableOfType(RadosException.class, () -> {
            form.read();
        });

        assertThat(seen.getStackTrace()[0].getClassName()).isEqualTo(BlockingTest.class.getName());
        assertThat(seen.getStackTrace()[0].getMethodName()).contains("theCallersFrameIsFirst");
        assertThat(seen.getCause()).isSameAs(shared);
    }

    @Test
    void aCopySaysTheSameInTheSameClass() {
        Receipt receipt = new InDoubtReceipt();
        List<RadosException> failures = List.of(
                RadosException.of(Errno.ENOENT, "a"),
                RadosException.of(Errno.EEXIST, "a"),
                RadosException.of(Errno.EBLOCKLISTED, "a"),
                RadosException.of(-4711, "a"),
                new BusyException("a", null),
                new ClosedException("a"),
                new ConfigurationException(Errno.EACCES, "a"),
                new MismatchException("a", 7),
                new DeadlineException("a", DeadlineException.Sent.NEVER_SENT, null),
                new OutcomeUnknownException("a", receipt, null));

        for (RadosException failure : failures) {
            assertThatThrownBy(() -> Blocking.on(CompletableFuture.failedFuture(failure)))
                    .isExactlyInstanceOf(failure.getClass())
                    .hasMessage(failure.getMessage())
                    .isNotSameAs(failure)
                    .isInstanceOfSatisfying(RadosException.class, copy -> {
                        assertThat(copy.getCause()).isSameAs(failure);
                        assertThat(copy.errno()).isEqualTo(failure.errno());
                        assertThat(copy.code()).isEqualTo(failure.code());
                        assertThat(copy.doing()).isEqualTo(failure.doing());
                    });
        }
        assertThat(new MismatchException("a", 7).copy().offset()).isEqualTo(7);
        assertThat(new DeadlineException("a", DeadlineException.Sent.NEVER_SENT, null)
                        .copy()
                        .sent())
                .isEqualTo(DeadlineException.Sent.NEVER_SENT);
        assertThat(new OutcomeUnknownException("a", receipt, null).copy().receipt())
                .isSameAs(receipt);
    }

    /** A receipt of which only the identity matters. */
    private static final class InDoubtReceipt implements Receipt {
        @Override
        public CompletableFuture<Void> finishAsync() {
            return new CompletableFuture<>();
        }

        @Override
        public void finish() {}

        @Override
        public CompletableFuture<Void> abandonAsync() {
            return new CompletableFuture<>();
        }

        @Override
        public void abandon() {}

        @Override
        public CompletableFuture<Void> settledAsync() {
            return new CompletableFuture<>();
        }
    }
}
