package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.rados.Rados;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every blocking call of the exported packages has an asynchronous form, and the reverse: {@code name} and
 * {@code nameAsync}, with the same parameters and the same result. Blocking is what may throw an {@link IOException},
 * and every {@code close}; asynchronous is what returns a {@link CompletableFuture}. A sealed interface is looked at in
 * the one that extends it.
 */
class AsynchronousFormsTest {
    /** Methods that look as if they were one of the two, and why they are not. */
    private static final Map<String, String> NEITHER = Map.ofEntries(
            Map.entry("CephConf", "reads files, before there is a client"),
            Map.entry("CephConfBuilder", "reads files, before there is a client"),
            Map.entry("KeyringFile", "reads files, before there is a client"),
            Map.entry("Rados.setOption", "changes what this client has in memory"),
            Map.entry("Receipt.settledAsync", "never fails, and has no end that anybody could promise"),
            Map.entry("Watch.sinceConfirmed", "tells what is known here"),
            Map.entry("QuiesceHook", "is called by the library"),
            Map.entry("OperationHook", "is called by the library"),
            Map.entry("ExtentReader", "is called by the library"),
            Map.entry("ImageFilling", "is called by the library"),
            Map.entry("Borrower", "is called by the library"),
            Map.entry("ChangeReader", "is called by the library"),
            Map.entry("Changes.Bytes", "is called by the library"),
            Map.entry("Undisturbed", "is a way of waiting"),
            Map.entry("Undisturbed.Steps", "is called by the library"),
            Map.entry("Wait", "is a way of waiting"),
            Map.entry("LockCalls", "decodes bytes"),
            Map.entry("ReadResult", "hands out what has come"),
            Map.entry("Names", "looks at a name"),
            Map.entry("ClusterAdmin.followLog", "registers a listener, and waits for nothing"),
            Map.entry("ClusterAdmin.Following.close", "takes a listener out, and waits for nothing"),
            Map.entry("ImageStreams.mergeDiffs", "works on channels alone, without a client"),
            Map.entry("Image.onUpdate", "registers a listener, and waits for nothing"),
            Map.entry("Image.onQuiesce", "registers a listener, and waits for nothing"),
            Map.entry("Image.Registration.close", "takes a listener out, and waits for nothing"));

    private final Set<String> exempted = new TreeSet<>();

    @Test
    void everyCallHasBothForms() throws IOException {
        Map<String, Class<?>> types = new TreeMap<>();
        for (Class<?> anchor : List.of(Rados.class, Rbd.class)) {
            ExportedTypes.of(anchor).stream()
                    .filter(type -> !type.isSealed() || !type.isInterface())
                    .forEach(type -> types.put(type.getName(), type));
        }
        Set<String> wrong = new TreeSet<>();
        int pairs = 0;
        for (Class<?> type : types.values()) {
            for (Method method : type.getMethods()) {
                if (isOurs(method) && !isExempt(type, method)) {
                    pairs += isAsynchronous(method) ? 1 : 0;
                    if (isAsynchronous(method) && !hasBlockingForm(type, method)) {
                        wrong.add("no blocking form: " + method);
                    } else if (isBlocking(method) && !hasAsynchronousForm(type, method)) {
                        wrong.add("no asynchronous form: " + method);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(pairs).isGreaterThan(150);
        assertThat(exempted).as("exemptions that are used").isEqualTo(new TreeSet<>(NEITHER.keySet()));
    }

    /** Whether it is of a type of ours, and not a bridge. */
    private static boolean isOurs(Method method) {
        return method.getDeclaringClass().getName().startsWith("io.jrados.") && !method.isBridge();
    }

    private boolean isExempt(Class<?> type, Method method) {
        if (!isAsynchronous(method) && !isBlocking(method)) {
            return false;
        }
        String declared = ExportedTypes.simple(method.getDeclaringClass()) + "." + method.getName();
        for (String key : List.of(ExportedTypes.simple(type), declared)) {
            if (NEITHER.containsKey(key)) {
                exempted.add(key);
                return true;
            }
        }
        return false;
    }

    private static boolean isAsynchronous(Method method) {
        return method.getReturnType() == CompletableFuture.class;
    }

    private static boolean isBlocking(Method method) {
        boolean closes = method.getName().equals("close") && method.getParameterCount() == 0;
        return !isAsynchronous(method)
                && (closes || Arrays.stream(method.getExceptionTypes()).anyMatch(IOException.class::isAssignableFrom));
    }

    /** A blocking form may keep the result to itself. */
    private static boolean hasBlockingForm(Class<?> type, Method method) {
        String name = method.getName();
        return name.endsWith("Async")
                && find(type, name.substring(0, name.length() - "Async".length()), method)
                        .filter(form -> !isAsynchronous(form))
                        .anyMatch(form -> form.getReturnType() == void.class
                                || boxed(form.getGenericReturnType()).equals(result(method)));
    }

    private static boolean hasAsynchronousForm(Class<?> type, Method method) {
        return find(type, method.getName() + "Async", method)
                .filter(AsynchronousFormsTest::isAsynchronous)
                .anyMatch(form -> method.getReturnType() == void.class
                        || boxed(method.getGenericReturnType()).equals(result(form)));
    }

    private static Stream<Method> find(Class<?> type, String name, Method like) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getName().equals(name)
                        && Modifier.isStatic(method.getModifiers()) == Modifier.isStatic(like.getModifiers())
                        && Arrays.equals(method.getGenericParameterTypes(), like.getGenericParameterTypes()));
    }

    private static String result(Method method) {
        Type given = ((ParameterizedType) method.getGenericReturnType()).getActualTypeArguments()[0];
        return given instanceof WildcardType wild ? wild.getUpperBounds()[0].getTypeName() : given.getTypeName();
    }

    private static String boxed(Type type) {
        return type instanceof Class<?> plain && plain.isPrimitive()
                ? java.lang.invoke.MethodType.methodType(plain)
                        .wrap()
                        .returnType()
                        .getTypeName()
                : type.getTypeName();
    }
}
