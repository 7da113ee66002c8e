package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.CephConf;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Class loaders of applications that come and go, as in an application server: a client that is closed keeps none of
 * them. The JVM's own cache for the equals of records may keep one, the last (java.lang.runtime.ObjectMethods of 17).
 */
@CephTest
class ClassLoaderTest {
    private static final int ROUNDS = 3;

    /** The application's own classes, ours, and the libraries that we need. */
    private static final Pattern NEEDED = Pattern.compile("/(test-)?classes/?$|/netty-[^/]*$|/slf4j-api-[^/]*$");

    /** An application that connects, writes and ends; loaded by a loader of its own. */
    public static final class Guest implements Callable<String> {
        private final String conf;

        public Guest(String conf) {
            this.conf = conf;
        }

        @Override
        public String call() throws Exception {
            try (Rados rados = Rados.connect(CephConf.load(Path.of(conf)))) {
                rados.pool("rbd").writeFull("guest", ByteBuffer.allocate(10));
                rados.pool("rbd").remove("guest");
                return rados.address();
            }
        }
    }

    private static WeakReference<ClassLoader> deploy(String conf) throws Exception {
        List<URL> path = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator))) {
            if (NEEDED.matcher(entry).find()) {
                path.add(Path.of(entry).toUri().toURL());
            }
        }
        URLClassLoader loader = new URLClassLoader(path.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
        Thread.currentThread().setContextClassLoader(loader);
        Object guest = loader.loadClass(Guest.class.getName())
                .getDeclaredConstructor(String.class)
                .newInstance(conf);
        assertThat(guest).as("of another loader").isNotInstanceOf(Guest.class);
        assertThat(((Callable<?>) guest).call()).asString().isNotEmpty();
        loader.close();
        return new WeakReference<>(loader);
    }

    @Test
    void isCollectedAfterItsClientIsClosed(CephCluster cluster) throws Exception {
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            FutureTask<WeakReference<ClassLoader>> task =
                    new FutureTask<>(() -> deploy(cluster.conf().toString()));
            Thread thread = new Thread(task, "deployment");
            thread.start();
            loaders.add(task.get(1, TimeUnit.MINUTES));
            thread.join();
        }
        long alive = ROUNDS;
        for (int tries = 0; alive > 1 && tries < 100; tries++) {
            System.gc();
            new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
            alive = loaders.stream().filter(loader -> loader.get() != null).count();
        }
        assertThat(alive).isLessThanOrEqualTo(1);
    }
}
