package io.jrados.cli.dump;

import io.jrados.json.JsonValue;
import io.jrados.json.JsonValue.JsonArray;
import io.jrados.json.JsonValue.JsonNull;
import io.jrados.json.JsonValue.JsonObject;
import io.jrados.json.JsonWriter;
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
import java.util.LinkedHashMap;
import java.util.List;
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
    private static final String OURS = "io.jrados.";

    /** Packages whose values say themselves what may be seen of them. */
    private static final Set<String> SECRET = Set.of("io.jrados.auth", "io.jrados.crypto");

    /** The fields of maps that are computed from the rest. */
    private static final Set<String> DERIVED = Set.of("placer", "placements", "ids", "hash");

    private Tree() {}

    /** The value's JSON, indented. */
    public static String pretty(@Nullable Object value) {
        return JsonWriter.pretty(of(value));
    }

    static JsonValue of(@Nullable Object value) {
        if (value == null) {
            return JsonNull.NULL;
        }
        if (value instanceof Boolean yes) {
            return JsonValue.of(yes.booleanValue());
        }
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            return Double.isFinite(number) ? JsonValue.of(number) : JsonValue.of(Double.toString(number));
        }
        if (value instanceof Number number) {
            return JsonValue.of(number.longValue());
        }
        if (value instanceof Optional<?> optional) {
            return of(optional.orElse(null));
        }
        if (value instanceof Map<?, ?> map) {
            return map(map);
        }
        if (value instanceof Collection<?> collection) {
            return new JsonArray(collection.stream().map(Tree::of).toList());
        }
        return value.getClass().isArray() ? array(value) : single(value);
    }

    private static JsonValue array(Object value) {
        if (value instanceof byte[] bytes) {
            return JsonValue.of(HexFormat.of().formatHex(bytes));
        }
        if (value instanceof int[] numbers) {
            return new JsonArray(Arrays.stream(numbers).mapToObj(JsonValue::of).toList());
        }
        if (value instanceof long[] numbers) {
            return new JsonArray(Arrays.stream(numbers).mapToObj(JsonValue::of).toList());
        }
        return value instanceof Object[] elements
                ? new JsonArray(Arrays.stream(elements).map(Tree::of).toList())
                : new JsonArray(List.of());
    }

    /** An object, unless the keys are values of several parts. */
    private static JsonValue map(Map<?, ?> map) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        map.forEach((key, value) -> members.put(String.valueOf(key), of(value)));
        return new JsonObject(members);
    }

    private static JsonValue single(Object value) {
        Class<?> type = value.getClass();
        if (value instanceof ByteBuf bytes) {
            return JsonValue.of(ByteBufUtil.hexDump(bytes));
        }
        if (value instanceof BitSet || value instanceof UUID || value instanceof Enum<?> || printsItself(type)) {
            return JsonValue.of(value.toString());
        }
        if (type.isRecord()) {
            return record(value, type);
        }
        return type.getName().startsWith(OURS) ? parts(value, type) : JsonValue.of(value.toString());
    }

    private static boolean printsItself(Class<?> type) {
        return SECRET.contains(type.getPackageName())
                || type.getName().startsWith("io.jrados.wire.EntityAddr")
                || type.getSimpleName().equals("PgId")
                || type.getSimpleName().equals("SnapIntervals");
    }

    private static JsonValue record(Object value, Class<?> type) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            members.put(component.getName(), of(read(component, value)));
        }
        return new JsonObject(members);
    }

    private static @Nullable Object read(RecordComponent component, Object value) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(value);
        } catch (IllegalAccessException | InvocationTargetException impossible) {
            throw new IllegalStateException(component + " of a record", impossible);
        }
    }

    private static JsonValue parts(Object value, Class<?> type) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        for (Class<?> part = type; part != null && part != Object.class; part = part.getSuperclass()) {
            for (Field field : part.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !DERIVED.contains(field.getName())) {
                    members.put(field.getName(), of(read(field, value)));
                }
            }
        }
        return new JsonObject(members);
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
