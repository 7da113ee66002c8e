package io.jrados.rbd;

import io.jrados.rbd.model.ImageOptions;
import java.io.IOException;
import java.util.List;

/**
 * Somebody who does the verbs on images of one pool, each by opening and closing the image, and says what it sees then.
 */
interface ImageActor {
    void create(String name, long size, ImageOptions options) throws IOException;

    void write(String name, long offset, int value, int length) throws IOException;

    void discard(String name, long offset, long length) throws IOException;

    void resize(String name, long size) throws IOException;

    void snapshot(String name, String snapshot) throws IOException;

    void renameSnapshot(String name, String snapshot, String newName) throws IOException;

    void removeSnapshot(String name, String snapshot) throws IOException;

    void protect(String name, String snapshot) throws IOException;

    void unprotect(String name, String snapshot) throws IOException;

    void rollBack(String name, String snapshot) throws IOException;

    /** @param limit negative for none */
    void limit(String name, int limit) throws IOException;

    void clone(String parent, String snapshot, String child, ImageOptions options) throws IOException;

    void flatten(String name) throws IOException;

    List<String> children(String name, String snapshot) throws IOException;

    void setKey(String name, String key, String value) throws IOException;

    void removeKey(String name, String key) throws IOException;

    void setOption(String name, String option, String value) throws IOException;

    void removeOption(String name, String option) throws IOException;

    void features(String name, long bits, boolean enabled) throws IOException;

    void rebuild(String name) throws IOException;

    void rename(String name, String newName) throws IOException;

    /** @return the image's id */
    String throwAway(String name) throws IOException;

    void restore(String id, String newName) throws IOException;

    void remove(String name) throws IOException;

    List<String> list() throws IOException;

    /**
     * All that can be seen of an image and its snapshots, with a digest of their bytes:
     * {@code size order features flags unit count pool parent overlap limit keys digest} and for each snapshot of
     * people's {@code name size protected digest}.
     */
    String view(String name) throws IOException;
}
