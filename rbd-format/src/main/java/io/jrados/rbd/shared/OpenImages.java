package io.jrados.rbd.shared;

import io.jrados.error.Explanation;
import io.jrados.rados.ClientPart;
import io.jrados.rados.Rados;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The images that one client has open, for those who ask what it waits for: RADOS knows nothing of gates, limits and
 * locks of images, and so each image tells of its own.
 */
public final class OpenImages implements ClientPart {
    private final Set<Explains> open = ConcurrentHashMap.newKeySet();

    private OpenImages() {}

    public static OpenImages of(Rados rados) {
        return rados.part(OpenImages.class, OpenImages::new);
    }

    /** Something of an image that can tell what it waits for. */
    public interface Explains {
        /** Adds it. Called on the client's loop; must not block. */
        void explain(Explanation.Builder all);
    }

    public void add(Explains image) {
        open.add(image);
    }

    public void remove(Explains image) {
        open.remove(image);
    }

    @Override
    public void explain(Explanation.Builder all) {
        open.forEach(image -> image.explain(all));
    }

    @Override
    public void clientCloses() {
        open.clear();
    }
}
