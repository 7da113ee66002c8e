package io.jrados.rbd.header;

import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.ReadCall;
import io.jrados.rbd.format.WriteCall;
import java.util.concurrent.CompletableFuture;

/** Sends calls of the object class {@code rbd}, one or several in an operation. */
public final class ClassCalls {
    private ClassCalls() {}

    /** Calls a reading method. */
    public static <T> CompletableFuture<T> readAsync(Pool pool, String object, ReadCall<T> call) {
        ReadOperation operation = new ReadOperation();
        call.addTo(operation);
        return pool.operateAsync(object, operation).thenCompose(results -> {
            try {
                return CompletableFuture.completedFuture(
                        call.result(results, 0, "reading what " + call.method() + " says of " + object));
            } catch (RadosException malformed) {
                return CompletableFuture.failedFuture(malformed);
            }
        });
    }

    /** {@link #readAsync}, waited for. */
    public static <T> T read(Pool pool, String object, ReadCall<T> call) throws RadosException {
        return Wait.on(readAsync(pool, object, call));
    }

    /** Calls writing methods: all take effect or none. */
    public static CompletableFuture<WriteResult> writeAsync(Pool pool, String object, WriteCall... calls) {
        WriteOperation operation = new WriteOperation();
        for (WriteCall call : calls) {
            call.addTo(operation);
        }
        return pool.operateAsync(object, operation);
    }

    /** {@link #writeAsync}, waited for. */
    public static void write(Pool pool, String object, WriteCall... calls) throws RadosException {
        Wait.on(writeAsync(pool, object, calls));
    }
}
