package io.jrados.rbd;

import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.io.ImageContext;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.ops.CloneImage;
import io.jrados.rbd.ops.CreateImage;
import io.jrados.rbd.ops.FindImage;
import io.jrados.rbd.ops.ListImages;
import io.jrados.rbd.ops.MoveToTrash;
import io.jrados.rbd.ops.RemoveImage;
import io.jrados.rbd.ops.RenameImage;
import java.time.Duration;
import java.util.List;

/** Images by way of the verbs. */
final class RbdPool implements Rbd {
    private final Pool pool;
    private final FindImage find;

    RbdPool(Pool pool) {
        this.pool = pool;
        this.find = new FindImage(pool);
    }

    @Override
    public Pool pool() {
        return pool;
    }

    @Override
    public List<String> list() throws RadosException {
        return new ListImages(pool).run();
    }

    @Override
    public boolean exists(String name) throws RadosException {
        return find.exists(name);
    }

    @Override
    public String create(String name, long size, ImageOptions options) throws RadosException {
        return new CreateImage(pool, name, size, options).run();
    }

    @Override
    public Image open(String name) throws RadosException {
        return OpenImage.watched(context(find.id(name), name, SnapContext.HEAD, false));
    }

    @Override
    public Image openReadOnly(String name) throws RadosException {
        return OpenImage.readOnly(context(find.id(name), name, SnapContext.HEAD, true));
    }

    @Override
    public Image openSnapshot(String name, String snapshot) throws RadosException {
        String id = find.id(name);
        return OpenImage.readOnly(context(id, name, find.snapshot(id, name, snapshot), true));
    }

    @Override
    public Image openById(String id) throws RadosException {
        return OpenImage.watched(context(id, find.name(id), SnapContext.HEAD, false));
    }

    private ImageContext context(String id, String name, long snapId, boolean readOnly) throws RadosException {
        return Wait.on(ImageContext.openAsync(pool, id, name, snapId, readOnly));
    }

    @Override
    public String clone(ImageSpec parent, String child, ImageOptions options) throws RadosException {
        return new CloneImage(pool, parent, child, options).run();
    }

    @Override
    public void rename(String name, String newName) throws RadosException {
        new RenameImage(pool, name, newName).run();
    }

    @Override
    public void moveToTrash(String name, Duration delay) throws RadosException {
        new MoveToTrash(pool, name, delay).run();
    }

    @Override
    public void remove(String name, Progress progress) throws RadosException {
        new RemoveImage(pool, name, progress).run();
    }
}
