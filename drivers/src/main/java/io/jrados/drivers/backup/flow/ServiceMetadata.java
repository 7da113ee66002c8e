package io.jrados.drivers.backup.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.error.MalformedException;
import io.jrados.json.JsonReader;
import io.jrados.json.JsonValue;
import io.jrados.json.JsonValue.JsonObject;
import io.jrados.json.JsonValue.JsonText;
import io.jrados.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** The JSON that Cinder keeps with a backup: the name of its base image. */
final class ServiceMetadata {
    private static final String BASE = "base";

    private ServiceMetadata() {}

    static String of(String base) {
        return JsonWriter.compact(new JsonObject(Map.of(BASE, new JsonText(base))));
    }

    /**
     * Returns the name of the base image; empty for backups of releases that told none.
     *
     * @throws DriverException {@link Kind#BACKUP_OPERATION} when it is not such JSON
     */
    static Optional<String> base(Backup backup) throws DriverException {
        String kept = backup.serviceMetadata().orElse("");
        if (kept.isBlank()) {
            return Optional.empty();
        }
        try {
            JsonValue json = JsonReader.read(kept.getBytes(StandardCharsets.UTF_8));
            return json.find(BASE).map(JsonValue::text);
        } catch (MalformedException malformed) {
            throw new DriverException(
                    Kind.BACKUP_OPERATION, "reading the service metadata of backup " + backup.id(), malformed);
        }
    }
}
