package io.jrados.rados;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What a command answered. A failed one is a {@link io.jrados.error.RadosException} with the status in its text.
 *
 * @param status a sentence for people, often empty
 * @param output what {@code -o} gives the ceph command
 */
public record CommandResult(String status, byte[] output) {
    /** The output as text. */
    public String text() {
        return new String(output, StandardCharsets.UTF_8);
    }

    /**
     * The output of a command that was asked for {@code "format": "json"}.
     *
     * @throws RadosException EBADMSG if it is none
     */
    public JsonNode json() throws RadosException {
        try {
            return new ObjectMapper().readTree(output);
        } catch (IOException malformed) {
            throw new RadosException(Errno.EBADMSG, "reading a command's answer, which is not JSON", malformed);
        }
    }
}
