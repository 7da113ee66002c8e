package io.jrados.testkit;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * Calls every public method with one bad argument at a time, and tells which do not refuse it as they should: for tests
 * of whole interfaces, to which methods may come later.
 *
 * <p>Null is a NullPointerException whose message is the parameter's name. A negative number is an
 * IllegalArgumentException whose message has that name. A huge number is that too, or succeeds, or fails as the cluster
 * would make it fail, an {@link java.io.IOException}. Who returns a future fails it, and throws nothing; all others
 * throw.
 */
public final class BadArguments {
    private static final Duration WITHIN = Duration.ofSeconds(30);

    private final Map<Class<?>, Object> samples = new HashMap<>();
    private final Set<String> anyNumber = new HashSet<>();
    private final List<String> wrong = new ArrayList<>();
    private int calls;

    /** A call that may throw what a constructor or a method throws. */
    private interface Call {
        Object run() throws ReflectiveOperationException;
    }

    public BadArguments() {
        with(int.class, 1).with(long.class, 1L).with(boolean.class, false).with(double.class, 1.0);
        with(String.class, "sample").with(byte[].class, new byte[1]).with(Duration.class, Duration.ofSeconds(1));
        with(Optional.class, Optional.empty()).with(List.class, List.of()).with(Map.class, Map.of());
    }

    /** Passes this for every parameter of that type that is not the bad one. */
    public <T> BadArguments with(Class<T> type, T sample) {
        samples.put(type, sample);
        return this;
    }

    /** Lets parameters of these names be any number: bits, ids. */
    public BadArguments anyNumber(String... parameters) {
        anyNumber.addAll(List.of(parameters));
        return this;
    }

    /** Calls the methods of an object. */
    public BadArguments of(Class<?> api, Object target) {
        for (Method method : api.getMethods()) {
            if (!method.getDeclaringClass().getName().startsWith("java.")
                    && !Modifier.isStatic(method.getModifiers())
                    && !Set.of("equals", "compareTo").contains(method.getName())) {
                method.setAccessible(true);
                each(api, method, arguments -> () -> method.invoke(target, arguments), isAsync(method));
            }
        }
        return this;
    }

    /** Calls the static methods of a class. */
    public BadArguments statics(Class<?> api) {
        for (Method method : api.getMethods()) {
            if (Modifier.isStatic(method.getModifiers())
                    && !(api.isEnum() && method.getName().equals("valueOf"))) {
                each(api, method, arguments -> () -> method.invoke(null, arguments), isAsync(method));
            }
        }
        return this;
    }

    /** Calls the public constructors of a class. */
    public BadArguments constructors(Class<?> api) {
        for (Constructor<?> constructor : api.getConstructors()) {
            each(api, constructor, arguments -> () -> constructor.newInstance(arguments), false);
        }
        return this;
    }

    private static boolean isAsync(Method method) {
        return method.getReturnType() == CompletableFuture.class;
    }

    /** Returns a line for each bad argument that was not refused as it should. */
    public List<String> wrong() {
        return wrong;
    }

    /** Returns the number of calls. */
    public int calls() {
        return calls;
    }

    private interface Binding {
        Call with(Object[] arguments);
    }

    private void each(Class<?> api, Executable called, Binding binding, boolean async) {
        Parameter[] parameters = called.getParameters();
        for (int at = 0; at < parameters.length; at++) {
            String name = parameters[at].getName();
            Class<?> type = parameters[at].getType();
            String text = api.getSimpleName() + "." + called.getName() + " " + name + ": ";
            if (!type.isPrimitive()) {
                Throwable failure = failure(binding.with(arguments(called, at, null)), async);
                if (!(failure instanceof NullPointerException) || !name.equals(failure.getMessage())) {
                    wrong.add(text + "null: " + failure);
                }
            } else if (type == int.class || type == long.class) {
                if (!anyNumber.contains(name)) {
                    number(text, name, binding, arguments(called, at, type == int.class ? (Object) (-1) : -1L), async);
                }
                Object most = type == int.class ? (Object) Integer.MAX_VALUE : Long.MAX_VALUE;
                Throwable failure = failure(binding.with(arguments(called, at, most)), async);
                if (failure != null && !(failure instanceof java.io.IOException) && !refuses(failure, name)) {
                    wrong.add(text + most + ": " + failure);
                }
            }
        }
    }

    private void number(String text, String name, Binding binding, Object[] arguments, boolean async) {
        Throwable failure = failure(binding.with(arguments), async);
        if (!refuses(failure, name)) {
            wrong.add(text + "-1: " + failure);
        }
    }

    private static boolean refuses(Throwable failure, String name) {
        return failure instanceof IllegalArgumentException
                && Pattern.compile("\\b" + name + "\\b")
                        .matcher(String.valueOf(failure.getMessage()))
                        .find();
    }

    private Object[] arguments(Executable called, int bad, Object argument) {
        Class<?>[] types = called.getParameterTypes();
        Object[] arguments = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            if (i != bad && !samples.containsKey(types[i])) {
                throw new IllegalStateException("no sample of a " + types[i] + " for " + called);
            }
            arguments[i] = i == bad ? argument : samples.get(types[i]);
        }
        calls++;
        return arguments;
    }

    /** Returns the failure of a call; null if it succeeds, and an AssertionError if it fails in the wrong way. */
    private static Throwable failure(Call call, boolean async) {
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread caller = new Thread(() -> ended.complete(outcome(call, async)), "bad-argument");
        caller.setDaemon(true);
        caller.start();
        try {
            return ended.get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException | InterruptedException hangs) {
            return new AssertionError("still running after " + WITHIN, hangs);
        }
    }

    private static Throwable outcome(Call call, boolean async) {
        try {
            Object made = call.run();
            if (made instanceof CompletableFuture<?> future) {
                future.get();
            } else if (made instanceof AutoCloseable owned && !(made instanceof java.util.stream.Stream)) {
                owned.close();
            }
            return null;
        } catch (InvocationTargetException thrown) {
            return async ? new AssertionError("thrown", thrown.getCause()) : thrown.getCause();
        } catch (ExecutionException failed) {
            return failed.getCause();
        } catch (Exception broken) {
            return new AssertionError(broken);
        }
    }
}
