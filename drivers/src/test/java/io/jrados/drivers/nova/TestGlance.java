package io.jrados.drivers.nova;

import io.jrados.drivers.ByteSource;
import io.jrados.drivers.glance.GlanceStore;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.drivers.nova.model.BaseImage;
import io.jrados.drivers.nova.model.ImageService;
import io.jrados.rados.Rados;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A Glance whose images are in a pool of the cluster, or in files, or in memory. */
final class TestGlance implements ImageService {
    /** The store that images can be copied into. */
    static final String STORE = "rbd1";

    private final GlanceStore store;
    private final Map<String, BaseImage> images = new HashMap<>();
    private final Map<String, byte[]> bytes = new HashMap<>();
    private final Map<String, Path> files = new HashMap<>();
    private int questions;

    TestGlance(Rados rados, String pool) throws IOException {
        store = new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(pool));
    }

    BaseImage inPool(String id, byte[] data) throws IOException {
        String uri = store.add(id, ByteSource.of(new ByteArrayInputStream(data)), data.length)
                .uri();
        return known(new BaseImage(id, "raw", data.length, List.of("rbd://short", "rbd://other/p/i/snap", uri)), data);
    }

    BaseImage inFile(String id, String format, Path file) throws IOException {
        files.put(id, file);
        return known(new BaseImage(id, format, Files.size(file), List.of("http://elsewhere/" + id)), new byte[0]);
    }

    BaseImage elsewhere(String id, byte[] data) {
        return known(new BaseImage(id, "raw", data.length, List.of("rbd://other/images/" + id + "/snap")), data);
    }

    private BaseImage known(BaseImage image, byte[] data) {
        images.put(image.id(), image);
        bytes.put(image.id(), data);
        return image;
    }

    void delete(BaseImage image) throws IOException {
        store.delete(describe(image.id()).locations().get(2));
    }

    int questions() {
        return questions;
    }

    @Override
    public BaseImage describe(String imageId) throws IOException {
        BaseImage image = images.get(imageId);
        if (image == null) {
            throw new FileNotFoundException(imageId);
        }
        return image;
    }

    @Override
    public ReadableByteChannel download(String imageId) throws IOException {
        Path file = files.get(imageId);
        return file != null
                ? FileChannel.open(file)
                : Channels.newChannel(new ByteArrayInputStream(bytes.get(imageId)));
    }

    @Override
    public void copyToStore(String imageId, String name) throws IOException {
        if (name.equals(STORE)) {
            inPool(imageId, bytes.get(imageId));
        }
    }

    /** Done at the second question. */
    @Override
    public boolean isInStore(String imageId, String name) {
        return ++questions > 1 && name.equals(STORE);
    }
}
