package embed;

import io.jrados.conf.CephConf;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes to an image, snapshots it, and reads the snapshot. {@code Hello POOL IMAGE}, with CEPH_CONF set. */
public final class Hello {
    private Hello() {}

    public static void main(String[] arguments) throws IOException {
        try (Rados rados = Rados.connect(CephConf.load())) {
            Rbd rbd = Rbd.on(rados.pool(arguments[0]));
            rbd.create(arguments[1], 64 << 20, ImageOptions.DEFAULT);
            try (Image image = rbd.open(arguments[1])) {
                image.write(4096, ByteBuffer.wrap("pure Java".getBytes(StandardCharsets.UTF_8)));
                image.createSnapshot("first");
                image.write(4096, ByteBuffer.wrap("something".getBytes(StandardCharsets.UTF_8)));
            }
            ByteBuffer read = ByteBuffer.allocate(9);
            try (Image first = rbd.openSnapshot(arguments[1], "first")) {
                first.read(4096, read);
            }
            System.out.println(StandardCharsets.UTF_8.decode(read.rewind()) + (Hello.class.getModule().isNamed() ? ", as a module" : ""));
            try (Image image = rbd.open(arguments[1])) {
                image.removeSnapshot("first");
            }
            rbd.remove(arguments[1], Progress.NONE);
        }
    }
}
