package io.jrados.rbd.model;

/**
 * Names an image, or a snapshot of one: {@code pool/namespace/image@snapshot}.
 *
 * @param pool the pool's name
 * @param namespace empty for the default one
 * @param image the image's name
 * @param snapshot the snapshot's name, empty for the head
 */
public record ImageSpec(String pool, String namespace, String image, String snapshot) {
    @Override
    public String toString() {
        return pool + "/" + (namespace.isEmpty() ? "" : namespace + "/") + image
                + (snapshot.isEmpty() ? "" : "@" + snapshot);
    }
}
