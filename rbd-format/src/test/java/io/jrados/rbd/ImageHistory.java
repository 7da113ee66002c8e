package io.jrados.rbd;

import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** A random life of an image: writes, discards, zeroes, other sizes; and the bytes that it had at each snapshot. */
final class ImageHistory {
    /** The name of the head among the states. */
    static final String HEAD = "";

    private static final int MOST_DATA = 1 << 17;

    private final Image image;
    private final Random random;
    private final Map<String, byte[]> states = new LinkedHashMap<>();

    ImageHistory(Image image, Random random) {
        this.image = image;
        this.random = random;
    }

    /** Lives through so many snapshots, and returns them and the head, oldest first. */
    Map<String, byte[]> live(int snapshots) throws IOException {
        for (int i = 0; i < snapshots; i++) {
            change();
            String name = "s" + i;
            image.createSnapshot(name);
            if (random.nextBoolean()) {
                image.protectSnapshot(name);
            }
            states.put(name, TestClient.read(image));
        }
        change();
        states.put(HEAD, TestClient.read(image));
        return states;
    }

    private void change() throws IOException {
        for (int i = 3 + random.nextInt(5); i > 0; i--) {
            int size = (int) image.size();
            int offset = random.nextInt(size);
            int length = 1 + random.nextInt(size - offset);
            switch (random.nextInt(8)) {
                case 0 -> image.discard(offset, length);
                case 1 -> image.writeZeroes(offset, length, random.nextBoolean());
                case 2 -> image.resize(Math.max(1, size / 2 + random.nextInt(size)), Progress.NONE);
                default -> {
                    byte[] data = new byte[Math.min(length, 1 + random.nextInt(MOST_DATA))];
                    random.nextBytes(data);
                    image.write(offset, ByteBuffer.wrap(data));
                }
            }
        }
    }
}
