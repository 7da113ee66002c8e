package io.jrados.rbd.io;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.MismatchException;
import io.jrados.error.RadosException;
import io.jrados.message.Operation;
import io.jrados.message.Replies;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadPolicy;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.rados.NotifyResult;
import io.jrados.rados.ObjectListing;
import io.jrados.rados.Pool;
import io.jrados.rados.PoolSnapshot;
import io.jrados.rados.Rados;
import io.jrados.rados.Watch;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A pool in memory: the parts of operations that the data plane uses, on objects with snapshots. Operations are done in
 * the order of their submission, on a thread of the test's choice; replies can be held back.
 */
public final class MemoryPool implements Pool {
    private final MemoryRados rados;
    private final long id;
    private final String namespace;
    final Map<String, MemoryImage> headers = new ConcurrentHashMap<>();
    public final Map<String, MemoryObject> objects = new ConcurrentSkipListMap<>();
    public final List<String> log = new CopyOnWriteArrayList<>();
    private final AtomicLong snapIds = new AtomicLong();
    private final AtomicLong versions = new AtomicLong();
    private final ArrayDeque<Runnable> held = new ArrayDeque<>();
    private Executor executor = Runnable::run;
    private boolean holding;
    private boolean logging = true;
    private @Nullable Predicate<String> failing;
    private Function<String, RadosException> failure = line -> RadosException.of(Errno.ENOSPC, line);

    MemoryPool(MemoryRados rados, long id, String namespace) {
        this.rados = rados;
        this.id = id;
        this.namespace = namespace;
    }

    /** Sets the executor on which operations are done and replies are given. */
    public void runOn(Executor where) {
        executor = where;
    }

    public void keepNoLog() {
        logging = false;
    }

    /** Keeps replies until {@link #reply}. Operations are done at once all the same. */
    public void holdReplies() {
        holding = true;
    }

    /** Gives the oldest reply. */
    void reply() {
        held.remove().run();
    }

    public void replyToAll() {
        holding = false;
        while (!held.isEmpty()) {
            reply();
        }
    }

    public int unanswered() {
        return held.size();
    }

    /** Operations whose log line matches fail with ENOSPC. */
    public void failOn(Predicate<String> line) {
        failing = line;
    }

    /** Requests that fail do so because their deadline passes before they are sent. */
    void failLate() {
        failure = line -> new DeadlineException(line, DeadlineException.Sent.NEVER_SENT, null);
    }

    long nextSnapId() {
        return snapIds.incrementAndGet();
    }

    @Override
    public Pool withLocator(String key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Pool withReadPolicy(ReadPolicy policy) {
        return this;
    }

    @Override
    public ObjectListing listing() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> flushAsync() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> createSnapshotAsync(String snapshot) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> removeSnapshotAsync(String snapshot) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<PoolSnapshot> snapshots() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<ReadResult> operateAsync(String object, ReadOperation operation, long snapId) {
        return submit(object, operation.operation(), snapId, SnapContext.EMPTY);
    }

    @Override
    public CompletableFuture<WriteResult> operateAsync(
            String object, WriteOperation operation, SnapContext snapContext) {
        return submit(object, operation.operation(), SnapContext.HEAD, snapContext);
    }

    private <R> CompletableFuture<R> submit(
            String object, Operation<R> operation, long snapId, SnapContext snapContext) {
        CompletableFuture<R> future = new CompletableFuture<>();
        executor.execute(() -> {
            Runnable reply;
            try {
                Answer<R> answer = execute(object, operation, snapId, snapContext);
                reply = () -> {
                    try {
                        future.complete(answer.read());
                    } catch (RadosException failed) {
                        future.completeExceptionally(failed);
                    }
                };
            } catch (RadosException failed) {
                reply = () -> future.completeExceptionally(failed);
            }
            if (holding) {
                held.add(reply);
            } else {
                reply.run();
            }
        });
        return future;
    }

    /** An answer that is read when it comes back: by who borrows it too. */
    private interface Answer<R> {
        R read() throws RadosException;
    }

    private <R> Answer<R> execute(String name, Operation<R> operation, long snapId, SnapContext snapContext)
            throws RadosException {
        Decoder ops = Decoder.of(Encoder.bytesOf(operation::encode));
        ByteBuf inputs = operation.inputs();
        try {
            int count = ops.u16();
            int[] codes = new int[count];
            byte[][] outputs = new byte[count][];
            Arrays.fill(outputs, new byte[0]);
            String line = name + " " + operation.ops() + (operation.isWrite() ? " " + snapContext : "@" + snapId);
            if (logging) {
                log.add(line);
            }
            if (failing != null && failing.test(line)) {
                throw failure.apply(line);
            }
            MemoryObject before = objects.getOrDefault(name, new MemoryObject());
            MemoryObject after = before.copy();
            if (operation.isWrite()) {
                after.preserve(snapContext);
            }
            for (int i = 0; i < count; i++) {
                int code = ops.u16();
                ops.u32();
                long first = ops.u64();
                long second = ops.u64();
                ops.skip(12);
                byte[] input = ByteBufUtil.getBytes(inputs.readSlice((int) ops.u32()));
                outputs[i] = part(name, after, snapId, code, first, second, input);
            }
            if (operation.isWrite()) {
                objects.put(name, after);
            }
            long version = versions.incrementAndGet();
            return () -> Replies.result(operation, 0, codes, outputs, version, line);
        } finally {
            inputs.release();
        }
    }

    private byte[] part(String name, MemoryObject object, long snapId, int code, long first, long second, byte[] input)
            throws RadosException {
        byte[] there = object.at(snapId);
        switch (code) {
            case 0x1201 -> {
                byte[] bytes = existing(name, there);
                int from = (int) Math.min(bytes.length, first);
                return Arrays.copyOfRange(bytes, from, (int) Math.min(bytes.length, first + second));
            }
            case 0x1205 -> {
                return sparse(existing(name, there), (int) first, (int) Math.min(there.length, first + second));
            }
            case 0x1202 -> {
                int length = existing(name, there).length;
                return Encoder.bytesOf(out -> out.u64(length).u64(0));
            }
            case 0x2201 -> object.write(first, input);
            case 0x2202 -> object.head = input;
            case 0x2226 -> {
                for (long at = first; at < first + second; at += input.length) {
                    object.write(at, input);
                }
            }
            case 0x1220 -> compare(there, (int) first, input);
            case 0x2203 -> object.truncate(first);
            case 0x2204 -> object.zero(first, second);
            case 0x2205 -> {
                existing(name, there);
                object.head = null;
            }
            case 0x220d, 0x2223 -> object.create();
            case 0x1214 -> {
                // Of a header: the keys of its striping, both or none.
                byte[] value = new byte[8];
                return Encoder.bytesOf(out ->
                        out.map(Map.of("stripe_unit", value, "stripe_count", value), Encoder::string, Encoder::bytes));
            }
            case 0x1401 -> {
                return call(name, object, first, input);
            }
            default -> throw new IllegalArgumentException("operation " + Integer.toHexString(code));
        }
        return new byte[0];
    }

    /** As if the store knew holes of 512 bytes. */
    private static byte[] sparse(byte[] bytes, int offset, int end) {
        TreeMap<Long, Long> extents = new TreeMap<>();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (int from = offset, to; from < end; from = to) {
            to = Math.min(end, from / 512 * 512 + 512);
            boolean written = false;
            for (int i = from; i < to; i++) {
                written |= bytes[i] != 0;
            }
            if (written) {
                extents.put((long) from, (long) to - from);
                data.write(bytes, from, to - from);
            }
        }
        return Encoder.bytesOf(
                out -> out.map(extents, Encoder::u64, Encoder::u64).bytes(data.toByteArray()));
    }

    private static void compare(byte @Nullable [] there, int offset, byte[] expected) throws MismatchException {
        for (int i = 0; i < expected.length; i++) {
            byte now = there == null || offset + i >= there.length ? 0 : there[offset + i];
            if (now != expected[i]) {
                throw new MismatchException("comparing", i);
            }
        }
    }

    private static byte[] existing(String name, byte @Nullable [] bytes) throws RadosException {
        if (bytes == null) {
            throw RadosException.of(Errno.ENOENT, "operating on " + name);
        }
        return bytes;
    }

    private byte[] call(String name, MemoryObject object, long lengths, byte[] input) throws RadosException {
        int cls = (int) (lengths & 0xff);
        int method = (int) (lengths >> 8 & 0xff);
        String called = new String(input, cls, method, StandardCharsets.UTF_8);
        byte[] argument = Arrays.copyOfRange(input, cls + method, input.length);
        if (MemoryObjectMap.isCall(input, cls, called)) {
            return MemoryObjectMap.call(object, called, argument);
        }
        if (called.equals("sparse_copyup")) {
            if (object.head == null) {
                object.create();
                Decoder in = Decoder.of(argument);
                Map<Long, Long> extents = in.map(16, Decoder::u64, Decoder::u64);
                byte[] data = in.bytes();
                int at = 0;
                for (Map.Entry<Long, Long> extent : extents.entrySet()) {
                    int length = extent.getValue().intValue();
                    object.write(extent.getKey(), Arrays.copyOfRange(data, at, at + length));
                    at += length;
                }
            }
            return new byte[0];
        }
        MemoryImage header = headers.get(name);
        if (header == null) {
            throw RadosException.of(Errno.ENOENT, "calling " + called + " of " + name);
        }
        byte[] output = header.call(called, argument);
        if (output == null) {
            throw RadosException.of(Errno.EOPNOTSUPP, "calling " + called + " of " + name);
        }
        return output;
    }

    /** Log lines that name an object, without its name. */
    public List<String> logOf(String object) {
        List<String> lines = new ArrayList<>();
        for (String line : log) {
            if (line.startsWith(object + " ")) {
                lines.add(line.substring(object.length() + 1));
            }
        }
        return lines;
    }

    public void put(String object, byte[] data) {
        MemoryObject made = new MemoryObject();
        made.write(0, data);
        objects.put(object, made);
    }

    @Override
    public Rados rados() {
        return rados;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public String name() {
        return "pool" + id;
    }

    @Override
    public String namespace() {
        return namespace;
    }

    @Override
    public Pool inNamespace(String other) {
        return rados.pool(id, other);
    }

    @Override
    public Pool withDeadline(Duration deadline) {
        return this;
    }

    @Override
    public Duration deadline() {
        return Duration.ofSeconds(30);
    }

    @Override
    public Pool withFullTry() {
        return this;
    }

    @Override
    public Pool viewOf(Pool other) {
        return other.inNamespace(namespace);
    }

    @Override
    public boolean isErasureCoded() {
        return false;
    }

    @Override
    public boolean isCacheTier() {
        return false;
    }

    @Override
    public Map<String, byte[]> omap(String object) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Iterable<String> objects() {
        return objects.keySet();
    }

    @Override
    public CompletableFuture<Long> createSnapIdAsync() {
        return CompletableFuture.completedFuture(nextSnapId());
    }

    @Override
    public CompletableFuture<Void> removeSnapIdAsync(long snapId) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<NotifyResult> notifyAsync(String object, byte[] message, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Watch> watchAsync(String object, Watch.Listener listener, Duration timeout) {
        throw new UnsupportedOperationException();
    }
}
