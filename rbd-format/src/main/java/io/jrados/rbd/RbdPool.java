package io.jrados.rbd;

import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import java.util.List;

final class RbdPool implements Rbd {
    private final Pool pool;

    RbdPool(Pool pool) {
        this.pool = pool;
    }

    @Override
    public Pool pool() {
        return pool;
    }

    @Override
    public List<String> list() throws RadosException {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean exists(String name) throws RadosException {
        throw new UnsupportedOperationException();
    }

    @Override
    public String create(String name, long size, ImageOptions options) throws RadosException {
        throw new UnsupportedOperationException();
    }

    @Override
    public Image open(String name) throws RadosException {
        throw new UnsupportedOperationException();
    }

    @Override
    public Image openReadOnly(String name) throws RadosException {
        throw new UnsupportedOperationException();
    }

    @Override
    public Image openSnapshot(String name, String snapshot) throws RadosException {
        throw new UnsupportedOperationException();
    }

    @Override
    public Image openById(String id) throws RadosException {
        throw new UnsupportedOperationException();
    }

    @Override
    public String clone(ImageSpec parent, String child, ImageOptions options) throws RadosException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void rename(String name, String newName) throws RadosException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void remove(String name, Progress progress) throws RadosException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void moveToTrash(String name, java.time.Duration delay) throws RadosException {
        throw new UnsupportedOperationException();
    }
}
