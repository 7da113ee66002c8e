package io.jrados.rados;

import java.nio.charset.StandardCharsets;

/**
 * The answer of a daemon to a command. A failed one is a {@link io.jrados.error.RadosException} with the status in its
 * text.
 *
 * @param status a sentence for people, often empty
 * @param output what {@code -o} gives the ceph command; JSON unless the command asked for another format
 */
public record CommandResult(String status, byte[] output) {
    /**
     * The output as text, to be read with any JSON library if it is JSON:
     * {@code new ObjectMapper().readTree(result.text())}. Bytes that are not UTF-8 become U+FFFD.
     */
    public String text() {
        return new String(output, StandardCharsets.UTF_8);
    }
}
