package io.jrados.debug;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decoded values as JSON: records by their components, maps of OSDs by their parts, bytes as hexadecimal digits, and
 * numbers, addresses and ids as Ceph prints them. Nothing of keys is shown.
 */
public final class Tree {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String OURS = "io.jrados.";

    /** Packages whose values say themselves what may be seen of them. */
    private static final Set<String> SECRET = Set.of("io.jrados.auth", "io.jrados.crypto");

    /** The fields of maps that are computed from the rest. */
    private static final Set<String> DERIVED = Set.of("placer", "placements", "ids", "hash");

    private Tree() {}

    public static JsonNode of(@Nullable Object value) {
        if (value == null) {
            return JSON.nullNode();
        }
        if (value instanceof Boolean yes) {
            return JSON.booleanNode(yes);
        }
        if (value instanceof Double || value instanceof Float) {
            return JSON.numberNode(((Number) value).doubleValue());
        }
        if (value instanceof Number number) {
            return JSON.numberNode(number.longValue());
        }
        if (value instanceof Optional<?> optional) {
            return of(optional.orElse(null));
        }
        if (value instanceof Map<?, ?> map) {
            return map(map);
        }
        if (value instanceof Collection<?> collection) {
            ArrayNode array = JSON.arrayNode();
            collection.forEach(element -> array.add(of(element)));
            return array;
        }
        return value.getClass().isArray() ? array(value) : single(value);
    }

    private static JsonNode array(Object value) {
        if (value instanceof byte[] bytes) {
            return JSON.textNode(HexFormat.of().formatHex(bytes));
        }
        ArrayNode array = JSON.arrayNode();
        if (value instanceof int[] numbers) {
            Arrays.stream(numbers).forEach(array::add);
        } else if (value instanceof long[] numbers) {
            Arrays.stream(numbers).forEach(array::add);
        } else if (value instanceof Object[] elements) {
            Arrays.stream(elements).forEach(element -> array.add(of(element)));
        }
        return array;
    }

    /** An object, unless the keys are values of several parts. */
    private static JsonNode map(Map<?, ?> map) {
        ObjectNode object = JSON.objectNode();
        map.forEach((key, value) -> object.set(String.valueOf(key), of(value)));
        return object;
    }

    private static JsonNode single(Object value) {
        Class<?> type = value.getClass();
        if (value instanceof ByteBuf bytes) {
            return JSON.textNode(ByteBufUtil.hexDump(bytes));
        }
        if (value instanceof BitSet || value instanceof UUID || value instanceof Enum<?> || printsItself(type)) {
            return JSON.textNode(value.toString());
        }
        if (type.isRecord()) {
            return record(value, type);
        }
        return type.getName().startsWith(OURS) ? parts(value, type) : JSON.textNode(value.toString());
    }

    private static boolean printsItself(Class<?> type) {
        return SECRET.contains(type.getPackageName())
                || type.getName().startsWith("io.jrados.wire.EntityAddr")
                || type.getSimpleName().equals("PgId")
                || type.getSimpleName().equals("SnapIntervals");
    }

    private static JsonNode record(Object value, Class<?> type) {
        ObjectNode object = JSON.objectNode();
        for (RecordComponent component : type.getRecordComponents()) {
            object.set(component.getName(), of(read(component, value)));
        }
        return object;
    }

    private static @Nullable Object read(RecordComponent component, Object value) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(value);
        } catch (IllegalAccessException | InvocationTargetException impossible) {
            throw new IllegalStateException(component + " of a record", impossible);
        }
    }

    private static JsonNode parts(Object value, Class<?> type) {
        ObjectNode object = JSON.objectNode();
        for (Class<?> part = type; part != null && part != Object.class; part = part.getSuperclass()) {
            for (Field field : part.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !DERIVED.contains(field.getName())) {
                    object.set(field.getName(), of(read(field, value)));
                }
            }
        }
        return object;
    }

    private static @Nullable Object read(Field field, Object value) {
        try {
            ((AccessibleObject) field).setAccessible(true);
            return field.get(value);
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(field.toString(), impossible);
        }
    }
}
