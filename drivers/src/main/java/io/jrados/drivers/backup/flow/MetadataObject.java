package io.jrados.drivers.backup.flow;

import io.jrados.drivers.Cleanup;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.VolumeMetadata;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.MalformedException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.json.JsonReader;
import io.jrados.json.JsonValue;
import io.jrados.json.JsonValue.JsonNull;
import io.jrados.json.JsonValue.JsonObject;
import io.jrados.json.JsonValue.JsonText;
import io.jrados.json.JsonWriter;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The object beside a backup that holds its volume's metadata, as JSON of version 1 or 2. */
final class MetadataObject {
    /** The most that upstream reads, bytes. */
    private static final int MOST = 1 << 20;

    private static final String VERSION = "version";
    private static final String BASE = "volume-base-metadata";
    private static final String METADATA = "volume-metadata";
    private static final String GLANCE = "volume-glance-metadata";

    private final Pool pool;
    private final Backup backup;
    private final String object;

    MetadataObject(Pool pool, Backup backup) {
        this.pool = pool;
        this.backup = backup;
        this.object = BackupNames.metadata(backup);
    }

    /** @throws DriverException {@link Kind#BACKUP_OPERATION}, for an object that is there already, and one too large */
    void write(VolumeMetadata metadata, int version, Cleanup undo) throws RadosException {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        members.put(VERSION, JsonValue.of(version));
        members.put(BASE, json(metadata.base()));
        members.put(METADATA, json(metadata.metadata()));
        members.put(GLANCE, json(metadata.glance()));
        byte[] bytes = JsonWriter.compact(new JsonObject(members)).getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MOST) {
            throw new DriverException(
                    Kind.BACKUP_OPERATION, "writing " + object + " of " + bytes.length + " bytes, over " + MOST);
        }
        try {
            pool.operate(object, new WriteOperation().create(true).writeFull(ByteBuffer.wrap(bytes)));
            undo.add(this::remove);
        } catch (AlreadyExistsException exists) {
            DriverException named =
                    new DriverException(Kind.VOLUME_METADATA_BACKUP_EXISTS, "writing " + object, exists);
            throw new DriverException(Kind.BACKUP_OPERATION, "writing the metadata of backup " + backup.id(), named);
        } catch (RadosException failed) {
            // It may have been written nevertheless.
            undo.add(this::remove);
            throw failed;
        }
    }

    /**
     * Returns what is kept; empty without the object.
     *
     * @throws DriverException {@link Kind#BACKUP_OPERATION} for what cannot be read, with
     *     {@link Kind#BACKUP_METADATA_UNSUPPORTED_VERSION} as its cause for an unknown version
     */
    Optional<VolumeMetadata> read() throws RadosException {
        byte[] bytes;
        try {
            long size = pool.stat(object).size();
            if (size > MOST) {
                throw new DriverException(
                        Kind.BACKUP_OPERATION, "reading " + object + " of " + size + " bytes, over " + MOST);
            }
            ByteBuffer into = ByteBuffer.allocate((int) size);
            bytes = new byte[pool.read(object, 0, into)];
            into.get(0, bytes);
        } catch (NotFoundException none) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(JsonReader.read(bytes)));
        } catch (MalformedException malformed) {
            throw new DriverException(Kind.BACKUP_OPERATION, "reading " + object, malformed);
        }
    }

    /** Removes the object if it is there. */
    void remove() throws RadosException {
        try {
            pool.remove(object);
        } catch (NotFoundException none) {
            // As it should be.
        }
    }

    private VolumeMetadata parse(JsonValue json) throws DriverException {
        String version = json.find(VERSION).map(JsonValue::toString).orElse("none");
        if (!version.equals("1") && !version.equals("2")) {
            DriverException named = new DriverException(
                    Kind.BACKUP_METADATA_UNSUPPORTED_VERSION,
                    "reading " + object + " of version " + version + ", which is neither 1 nor 2");
            throw new DriverException(Kind.BACKUP_OPERATION, "reading the metadata of backup " + backup.id(), named);
        }
        return new VolumeMetadata(texts(json, BASE), texts(json, METADATA), texts(json, GLANCE));
    }

    private static JsonObject json(Map<String, String> texts) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        texts.forEach((key, value) -> members.put(key, new JsonText(value)));
        return new JsonObject(members);
    }

    private static Map<String, String> texts(JsonValue json, String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        JsonValue part = json.find(name).orElse(JsonNull.NULL);
        if (part instanceof JsonObject object) {
            object.members().forEach((key, value) -> {
                if (value != JsonNull.NULL) {
                    texts.put(key, value instanceof JsonText text ? text.value() : JsonWriter.compact(value));
                }
            });
        } else if (part != JsonNull.NULL) {
            throw new MalformedException(name + " is no object");
        }
        return texts;
    }
}
