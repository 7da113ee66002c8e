package io.jrados.testkit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Calls every public method of an object, each with sample arguments and within a deadline, and tells how it ended: for
 * tests of what holds for all calls. A method that is added later is called too. Futures are waited for, and the first
 * element of what can be iterated is taken.
 */
public final class EveryCall {
    private static final Duration WITHIN = Duration.ofSeconds(20);

    private final Map<Class<?>, Object> samples = new HashMap<>();
    private final Map<String, Outcome> outcomes = new TreeMap<>();

    /**
     * The end of one call.
     *
     * @param value what it returned, or its future gave; null for nothing, or a failure
     */
    public record Outcome(Object value, Optional<Throwable> failure) {
        /** Returns its failure, without the wrappings that futures and iterators add. */
        public Throwable cause() {
            Throwable cause = failure.orElse(null);
            while (cause != null && cause.getCause() != null && isWrapping(cause)) {
                cause = cause.getCause();
            }
            return cause;
        }

        private static boolean isWrapping(Throwable failure) {
            return failure instanceof CompletionException
                    || failure instanceof ExecutionException
                    || failure instanceof java.io.UncheckedIOException;
        }
    }

    public EveryCall() {
        with(int.class, 1).with(long.class, 1L).with(boolean.class, false).with(String.class, "sample");
        with(byte[].class, new byte[1]).with(Duration.class, Duration.ofSeconds(1));
        with(Optional.class, Optional.empty()).with(List.class, List.of()).with(Map.class, Map.of());
    }

    /** Passes this for every parameter of that type. */
    public <T> EveryCall with(Class<T> type, T sample) {
        samples.put(type, sample);
        return this;
    }

    /**
     * Calls all methods of an interface or class but those with one of these names.
     *
     * @throws IllegalStateException for a parameter without a sample
     */
    public EveryCall of(Class<?> api, Object target, String... but) throws InterruptedException {
        for (Method method : api.getMethods()) {
            if (method.getDeclaringClass() != Object.class
                    && !Modifier.isStatic(method.getModifiers())
                    && !Arrays.asList(but).contains(method.getName())) {
                outcomes.put(text(api, method), call(method, target));
            }
        }
        return this;
    }

    /** Returns the end of each call, by its signature: {@code Pool.read(String, long, ByteBuffer)}. */
    public Map<String, Outcome> outcomes() {
        return outcomes;
    }

    private static String text(Class<?> api, Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", api.getSimpleName() + "." + method.getName() + "(", ")"));
    }

    private Outcome call(Method method, Object target) throws InterruptedException {
        List<Object> arguments = new ArrayList<>();
        for (Class<?> type : method.getParameterTypes()) {
            if (!samples.containsKey(type)) {
                throw new IllegalStateException("no sample of a " + type + " for " + method);
            }
            arguments.add(samples.get(type));
        }
        CompletableFuture<Outcome> ended = new CompletableFuture<>();
        Thread caller = new Thread(() -> ended.complete(outcome(method, target, arguments)), "every-call");
        caller.setDaemon(true);
        caller.start();
        try {
            return ended.get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException hangs) {
            Throwable where = new TimeoutException("still running after " + WITHIN);
            where.setStackTrace(caller.getStackTrace());
            return new Outcome(null, Optional.of(where));
        }
    }

    private static Outcome outcome(Method method, Object target, List<Object> arguments) {
        try {
            method.setAccessible(true);
            Object value = method.invoke(target, arguments.toArray());
            if (value instanceof CompletableFuture<?> future) {
                value = future.get();
            } else if (value instanceof Iterable<?> all && !(value instanceof java.util.Collection)) {
                value = all.iterator().hasNext();
            } else if (value instanceof java.util.stream.Stream<?> all) {
                value = all.findFirst();
            }
            return new Outcome(value, Optional.empty());
        } catch (InvocationTargetException failed) {
            return new Outcome(null, Optional.of(failed.getCause()));
        } catch (ExecutionException | InterruptedException | RuntimeException | ReflectiveOperationException failed) {
            return new Outcome(null, Optional.of(failed));
        }
    }
}
