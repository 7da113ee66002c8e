package io.jrados.rbd.verb;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kinds of threads that a JVM has. Virtual threads are final since JDK 21, while this library is compiled for 17:
 * so they are made by reflection.
 */
public enum ThreadKind {
    /** Daemon threads of the operating system. */
    PLATFORM {
        @Override
        ThreadFactory factory(String name) {
            AtomicLong number = new AtomicLong();
            return task -> {
                Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            };
        }
    },
    /** Threads of the JVM: a blocked one costs some hundred bytes. */
    VIRTUAL {
        @Override
        ThreadFactory factory(String name) {
            try {
                Class<?> type = Class.forName("java.lang.Thread$Builder$OfVirtual");
                Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
                Method named = type.getMethod("name", String.class, long.class);
                return (ThreadFactory) type.getMethod("factory").invoke(named.invoke(builder, name + "-", 1L));
            } catch (ReflectiveOperationException older) {
                throw new UnsupportedOperationException("virtual threads", cause(older));
            }
        }
    };

    /** The first release of Java with virtual threads. */
    private static final int VIRTUAL_SINCE = 21;

    private static final Logger LOG = LoggerFactory.getLogger(ThreadKind.class);

    /** Virtual threads where the JVM has them. */
    public static final ThreadKind BEST = best();

    private static ThreadKind best() {
        if (Runtime.version().feature() < VIRTUAL_SINCE) {
            return PLATFORM;
        }
        try {
            VIRTUAL.factory("probe");
            return VIRTUAL;
        } catch (UnsupportedOperationException odd) {
            LOG.warn("verbs run on threads of the operating system: this JVM has no virtual threads", odd);
            return PLATFORM;
        }
    }

    private static Throwable cause(ReflectiveOperationException failed) {
        return failed instanceof InvocationTargetException thrown && thrown.getCause() != null
                ? thrown.getCause()
                : failed;
    }

    /** @param name of each thread, before its number */
    abstract ThreadFactory factory(String name);

    /** Starts a thread of this kind for each task. */
    public Executor starter(String name) {
        ThreadFactory threads = factory(name);
        return task -> threads.newThread(task).start();
    }
}
