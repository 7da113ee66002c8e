package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadPolicy;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rados.Watch;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.ExtentReader;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.QuiesceHook;
import io.jrados.rbd.model.SnapshotQuiesce;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Null in place of each argument of each call: a failure that names the argument, and in one way only. */
@CephTest
@Timeout(60)
class NullArgumentsTest {
    private static final Watch.Listener DEAF = new Watch.Listener() {
        @Override
        public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
            return new byte[0];
        }

        @Override
        public void onError(RadosException error) {}
    };

    private static final QuiesceHook CALM = new QuiesceHook() {
        @Override
        public void quiesce() {}

        @Override
        public void unquiesce() {}
    };

    private final Map<Class<?>, Object> samples = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private int calls;

    private <T> NullArgumentsTest with(Class<T> type, T sample) {
        samples.put(type, sample);
        return this;
    }

    @Test
    void aNullArgumentIsNamed(CephCluster cluster) throws Exception {
        try (TestClient client = new TestClient(cluster, cluster.pool(NullArgumentsTest.class), TestClient.Mode.CRC)) {
            client.rbd.create("image", 1 << 20, ImageOptions.DEFAULT);
            with(String.class, "sample").with(int.class, 1).with(long.class, 1L).with(boolean.class, false);
            with(byte[].class, new byte[1]).with(Duration.class, Duration.ofSeconds(1));
            with(List.class, List.of()).with(Optional.class, Optional.empty()).with(Instant.class, Instant.EPOCH);
            with(OptionalLong.class, OptionalLong.empty())
                    .with(Class.class, Object.class)
                    .with(Supplier.class, () -> 1);
            with(ByteBuffer.class, ByteBuffer.allocate(1)).with(ReadOperation.class, new ReadOperation().stat());
            with(WriteOperation.class, new WriteOperation().create(false)).with(SnapContext.class, SnapContext.EMPTY);
            with(ReadPolicy.class, ReadPolicy.DEFAULT)
                    .with(Pool.class, client.pool)
                    .with(Consumer.class, told -> {});
            with(Watch.Listener.class, DEAF);
            with(ImageOptions.class, ImageOptions.DEFAULT).with(Progress.class, Progress.NONE);
            with(ImageSpec.class, new ImageSpec("rbd", "", "image", "snapshot"))
                    .with(DiffOptions.class, DiffOptions.ALL);
            with(ExtentReader.class, (at, bytes) -> CompletableFuture.completedFuture(null));
            with(SnapshotQuiesce.class, SnapshotQuiesce.values()[0]).with(Runnable.class, () -> {});
            with(QuiesceHook.class, CALM);
            with(ReadableByteChannel.class, Channels.newChannel(InputStream.nullInputStream()));
            with(WritableByteChannel.class, Channels.newChannel(OutputStream.nullOutputStream()));
            every(Rados.class, client.rados);
            every(Pool.class, client.pool);
            every(Rbd.class, client.rbd);
            try (Image image = client.rbd.open("image")) {
                every(Image.class, image);
                every(ImageLock.class, image.lock());
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(calls).isGreaterThan(100);
    }

    private void every(Class<?> api, Object target) throws IllegalAccessException {
        for (Method method : api.getMethods()) {
            Parameter[] parameters = method.getParameters();
            for (int at = 0; at < parameters.length && !Modifier.isStatic(method.getModifiers()); at++) {
                if (!parameters[at].getType().isPrimitive()) {
                    method.setAccessible(true);
                    call(method, target, at, parameters[at].getName());
                    calls++;
                }
            }
        }
    }

    private void call(Method method, Object target, int empty, String name) throws IllegalAccessException {
        List<Object> arguments = new ArrayList<>();
        for (Class<?> type : method.getParameterTypes()) {
            assertThat(samples).as("samples, for %s", method).containsKey(type);
            arguments.add(samples.get(type));
        }
        arguments.set(empty, null);
        boolean promises = method.getReturnType() == CompletableFuture.class;
        String text = method + ": " + name + ": ";
        try {
            Object made = method.invoke(target, arguments.toArray());
            Throwable failure = promises ? failure((CompletableFuture<?>) made) : null;
            check(text + "returned, ", failure, name);
        } catch (InvocationTargetException thrown) {
            check(text + "threw, ", promises ? null : thrown.getCause(), name);
        }
    }

    private void check(String text, Throwable failure, String name) {
        if (!(failure instanceof NullPointerException) || !name.equals(failure.getMessage())) {
            wrong.add(text + failure);
        }
    }

    private static Throwable failure(CompletableFuture<?> future) {
        try {
            return new IllegalStateException("completed with " + future.get());
        } catch (ExecutionException failed) {
            return failed.getCause();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
