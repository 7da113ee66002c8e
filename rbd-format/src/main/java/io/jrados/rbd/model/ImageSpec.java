package io.jrados.rbd.model;

import io.jrados.error.Printable;
import java.util.Objects;
import java.util.Optional;

/**
 * Names an image, or a snapshot of one: {@code pool/namespace/image@snapshot}. Begin with {@link #of}.
 *
 * @param pool the pool's name
 * @param namespace the namespace's name; the default one's is the empty text
 * @param image the image's name
 * @param snapshot the snapshot's name; empty for the head
 */
public record ImageSpec(String pool, String namespace, String image, Optional<String> snapshot) {
    /** Checks for nulls. */
    public ImageSpec {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(snapshot, "snapshot");
    }

    /** Names the head of an image in the default namespace of a pool. */
    public static ImageSpec of(String pool, String image) {
        return new ImageSpec(pool, "", image, Optional.empty());
    }

    /** Names the image of that name in another namespace. */
    public ImageSpec inNamespace(String namespace) {
        return new ImageSpec(pool, namespace, image, snapshot);
    }

    /** Names a snapshot of the image; an IllegalArgumentException for the empty name, which none has. */
    public ImageSpec at(String snapshot) {
        if (Objects.requireNonNull(snapshot, "snapshot").isEmpty()) {
            throw new IllegalArgumentException("snapshot without a name");
        }
        return new ImageSpec(pool, namespace, image, Optional.of(snapshot));
    }

    /** Names the image's head. */
    public ImageSpec head() {
        return new ImageSpec(pool, namespace, image, Optional.empty());
    }

    /** The names as one, with control characters escaped: others may have chosen them. */
    @Override
    public String toString() {
        return Printable.of(pool + "/" + (namespace.isEmpty() ? "" : namespace + "/") + image
                + snapshot.map(name -> "@" + name).orElse(""));
    }
}
