package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Cleanup;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.Opened;
import io.jrados.drivers.cinder.model.ModelUpdate;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.drivers.cinder.rule.Names;
import io.jrados.drivers.cinder.rule.Sizes;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageSpec;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a volume from another: a clone, a flattened one at the greatest depth, or a full copy. */
public final class CloneVolume {
    private static final Logger LOG = LoggerFactory.getLogger(CloneVolume.class);

    /** The kernel's client opens no image that has more than 16 ancestors (drivers/block/rbd.c of Linux). */
    private static final int MOST_ANCESTORS = 15;

    private final Call call;

    public CloneVolume(Call call) {
        this.call = call;
    }

    public ModelUpdate run(String source, Volume volume) throws IOException {
        VolumeSetup setup = new VolumeSetup(call, volume.type());
        Rbd rbd = call.rbd();
        if (call.options().maxCloneDepth() <= 0) {
            return copy(rbd, source, volume, setup);
        }
        Made made;
        try (Opened opened = new Opened(rbd.open(source))) {
            Image image = opened.image();
            long bytes = Sizes.ofCopy(source, image.size(), volume);
            made = cloneOf(rbd, image, volume, bytes, setup);
        } catch (DriverException failed) {
            releaseSource(rbd, source, failed);
            throw failed;
        }
        if (made.isWhole()) {
            new ReleaseParent(call).ifUnused(rbd, source + Names.DELETED);
        }
        return made.update();
    }

    /**
     * A clone.
     *
     * @param isWhole whether it was flattened, so that its snapshot on the source is gone again
     */
    private record Made(ModelUpdate update, boolean isWhole) {}

    /** Removes the source if it was deleted meanwhile, and stayed for this clone alone. */
    private void releaseSource(Rbd rbd, String source, DriverException failed) {
        try {
            new ReleaseParent(call).ifUnused(rbd, source + Names.DELETED);
        } catch (RadosException second) {
            failed.addSuppressed(second);
        }
    }

    private ModelUpdate copy(Rbd rbd, String source, Volume volume, VolumeSetup setup) throws IOException {
        long bytes;
        try (Image image = rbd.openReadOnly(source)) {
            bytes = Sizes.ofCopy(source, image.size(), volume);
        }
        UnfinishedVolume unfinished =
                new CopyVolume(call, rbd, rbd).run(source, volume.name(), bytes, call.newVolume());
        Cleanup undo = new Cleanup();
        undo.add(unfinished::takeBack);
        try {
            ModelUpdate update = setup.run(rbd, volume.name());
            unfinished.finish();
            return update;
        } catch (RadosException | RuntimeException failed) {
            undo.run(failed);
            throw failed;
        }
    }

    private Made cloneOf(Rbd rbd, Image source, Volume volume, long bytes, VolumeSetup setup) throws RadosException {
        String snapshot = Names.cloneSnapshot(volume.name());
        CloneNote note = new CloneNote(call, rbd, volume.name());
        UnfinishedVolume unfinished = new UnfinishedVolume(call, rbd, volume.name());
        Cleanup undo = new Cleanup();
        try {
            if (call.options().isLiberty()) {
                makeRoomBelow(rbd, source);
            }
            note.begin(source);
            undo.add(note::end);
            source.createSnapshot(snapshot);
            undo.add(() -> source.removeSnapshot(snapshot));
            source.protectSnapshot(snapshot);
            undo.add(() -> source.unprotectSnapshot(snapshot));
            call.did("snapshotted", rbd, source.name());
            ImageSpec spec = ImageSpec.of(call.options().pool(), source.name()).at(snapshot);
            unfinished.make(call.newClone(), options -> rbd.clone(spec, volume.name(), options));
            call.did("cloned", rbd, volume.name());
            undo.add(unfinished::takeBack);
            Made made = finish(rbd, source, volume, bytes, setup, unfinished);
            note.end();
            return made;
        } catch (RadosException failed) {
            undo.run(failed);
            throw failed instanceof DriverException known
                    ? known
                    : new DriverException(
                            Kind.BACKEND, "cloning volume " + source.name() + " to " + volume.name(), failed);
        } catch (RuntimeException | Error failed) {
            undo.run(failed);
            throw failed;
        }
    }

    private Made finish(
            Rbd rbd, Image source, Volume volume, long bytes, VolumeSetup setup, UnfinishedVolume unfinished)
            throws RadosException {
        try (Opened opened = new Opened(rbd.open(volume.name()))) {
            Image clone = opened.image();
            unfinished.confirm(clone);
            boolean whole = !call.options().isLiberty() && !volume.isTemporary() && isDeep(source);
            if (whole) {
                new Flatten(call).run(rbd, clone);
                source.unprotectAndRemoveSnapshot(Names.cloneSnapshot(volume.name()));
            }
            ModelUpdate update = setup.run(rbd, clone);
            CloneSnapshot.grow(clone, bytes);
            unfinished.finish(clone);
            return new Made(update, whole);
        }
    }

    private boolean isDeep(Image source) throws RadosException {
        Ancestors.Depth depth = new Ancestors(call).depth(source);
        boolean deep = depth.cloned() >= call.options().maxCloneDepth() || depth.all() >= MOST_ANCESTORS;
        if (deep) {
            LOG.info(
                    "{} has {} cloned ancestors of {}: its clone is flattened",
                    source.name(),
                    depth.cloned(),
                    depth.all());
        }
        return deep;
    }

    /** Flattens the source at the greatest depth, and ends what it hung on. */
    private void makeRoomBelow(Rbd rbd, Image source) throws RadosException {
        Ancestors ancestors = new Ancestors(call);
        int depth = ancestors.depth(source).cloned();
        int most = call.options().maxCloneDepth();
        if (depth > most) {
            throw new DriverException(
                    Kind.BACKEND,
                    "cloning volume " + source.name() + ", which has " + depth + " cloned ancestors of at most "
                            + most);
        }
        if (depth == most) {
            Optional<Ancestors.Parent> parent = ancestors.parent(source);
            new Flatten(call).run(rbd, source);
            if (parent.isPresent()) {
                new ReleaseParent(call).run(parent.get());
            }
        }
    }
}
