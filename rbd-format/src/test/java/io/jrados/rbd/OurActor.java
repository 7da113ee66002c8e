package io.jrados.rbd;

import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;

/** This client. */
final class OurActor implements ImageActor {
    private final TestClient client;

    OurActor(TestClient client) {
        this.client = client;
    }

    /** An action on an open image. */
    private interface Deed {
        void act(Image image) throws IOException;
    }

    private void with(String name, Deed deed) throws IOException {
        try (Image image = client.rbd.open(name)) {
            deed.act(image);
        }
    }

    @Override
    public void create(String name, long size, ImageOptions options) throws IOException {
        client.rbd.create(name, size, options);
    }

    @Override
    public void write(String name, long offset, int value, int length) throws IOException {
        with(name, image -> image.write(offset, ByteBuffer.wrap(TwoClients.filled(value, length))));
    }

    @Override
    public void discard(String name, long offset, long length) throws IOException {
        with(name, image -> image.discard(offset, length));
    }

    @Override
    public void resize(String name, long size) throws IOException {
        with(name, image -> image.resize(size, Progress.NONE));
    }

    @Override
    public void snapshot(String name, String snapshot) throws IOException {
        with(name, image -> image.createSnapshot(snapshot));
    }

    @Override
    public void renameSnapshot(String name, String snapshot, String newName) throws IOException {
        with(name, image -> image.renameSnapshot(snapshot, newName));
    }

    @Override
    public void removeSnapshot(String name, String snapshot) throws IOException {
        with(name, image -> image.removeSnapshot(snapshot));
    }

    @Override
    public void protect(String name, String snapshot) throws IOException {
        with(name, image -> image.protectSnapshot(snapshot));
    }

    @Override
    public void unprotect(String name, String snapshot) throws IOException {
        with(name, image -> image.unprotectSnapshot(snapshot));
    }

    @Override
    public void rollBack(String name, String snapshot) throws IOException {
        with(name, image -> image.rollBack(snapshot, Progress.NONE));
    }

    @Override
    public void limit(String name, int limit) throws IOException {
        with(name, image -> image.setSnapshotLimit(limit < 0 ? OptionalLong.empty() : OptionalLong.of(limit)));
    }

    @Override
    public void clone(String parent, String snapshot, String child, ImageOptions options) throws IOException {
        client.rbd.clone(client.snapshot(parent, snapshot), child, options);
    }

    @Override
    public void flatten(String name) throws IOException {
        with(name, image -> image.flatten(Progress.NONE));
    }

    @Override
    public List<String> children(String name, String snapshot) throws IOException {
        try (Image image = client.rbd.openSnapshot(name, snapshot)) {
            return image.children().stream().map(ImageSpec::image).sorted().toList();
        }
    }

    @Override
    public void setKey(String name, String key, String value) throws IOException {
        with(name, image -> image.setMetadata(key, value.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void removeKey(String name, String key) throws IOException {
        with(name, image -> image.removeMetadata(key));
    }

    @Override
    public void setOption(String name, String option, String value) throws IOException {
        with(name, image -> image.setConfig(option, value));
    }

    @Override
    public void removeOption(String name, String option) throws IOException {
        with(name, image -> image.removeConfig(option));
    }

    @Override
    public void features(String name, long bits, boolean enabled) throws IOException {
        with(name, image -> image.updateFeatures(bits, enabled));
    }

    @Override
    public void rebuild(String name) throws IOException {
        with(name, image -> image.rebuildObjectMap(Progress.NONE));
    }

    @Override
    public void rename(String name, String newName) throws IOException {
        client.rbd.rename(name, newName);
    }

    @Override
    public String throwAway(String name) throws IOException {
        client.rbd.moveToTrash(name, Duration.ZERO);
        return client.rbd.trash().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow()
                .id();
    }

    @Override
    public void restore(String id, String newName) throws IOException {
        client.rbd.restoreFromTrash(id, newName);
    }

    @Override
    public void remove(String name) throws IOException {
        client.rbd.remove(name, Progress.NONE);
    }

    @Override
    public List<String> list() throws IOException {
        return client.rbd.list();
    }

    @Override
    public String view(String name) throws IOException {
        StringBuilder view = new StringBuilder();
        try (Image image = client.rbd.openReadOnly(name)) {
            ImageInfo info = image.info();
            TreeMap<String, String> keys = new TreeMap<>();
            image.metadata().forEach((key, value) -> keys.put(key, new String(value, StandardCharsets.UTF_8)));
            view.append("size %d order %d features %d flags %d unit %d count %d pool %d"
                    .formatted(
                            info.size(),
                            info.order(),
                            info.features(),
                            info.flags(),
                            info.stripeUnit(),
                            info.stripeCount(),
                            info.dataPoolId().orElse(client.pool.id())));
            view.append(" parent ")
                    .append(info.parent()
                            .map(parent ->
                                    parent.image() + "@" + parent.snapshot().orElse(""))
                            .orElse("-"));
            view.append(" overlap ").append(info.overlap());
            view.append(" limit ").append(image.snapshotLimit().orElse(-1));
            view.append(" keys ").append(keys).append(" ").append(digest(image));
            for (SnapshotInfo snapshot : image.snapshots()) {
                if (snapshot.namespace() == SnapshotInfo.Namespace.USER) {
                    try (Image opened = client.rbd.openSnapshot(name, snapshot.id())) {
                        view.append("\n%s %d %s %s"
                                .formatted(
                                        snapshot.name(),
                                        snapshot.size(),
                                        snapshot.isProtected() ? "True" : "False",
                                        digest(opened)));
                    }
                }
            }
        }
        return view.toString();
    }

    private static String digest(Image image) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(TestClient.read(image)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
