package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.PoolNote;
import io.jrados.drivers.cinder.flow.Ancestors.Parent;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The note of the snapshots that are to be released when a clone is deleted, up the chain: nobody could tell them once
 * the clone is gone.
 */
final class ParentNote {
    private static final String SEPARATOR = "/";
    private static final int PARTS = 6;

    private final Call call;
    private final PoolNote note;
    private final List<Parent> parents = new ArrayList<>();

    ParentNote(Call call, Rbd rbd, String volume) {
        this.call = call;
        this.note = new PoolNote(rbd, "deleting", volume);
    }

    /** Notes a snapshot, besides those that were noted before. */
    void add(Parent parent) throws RadosException {
        parents.add(parent);
        List<String> lines = new ArrayList<>();
        for (Parent each : parents) {
            ImageSpec spec = each.spec();
            // None of these may hold a slash but the snapshot's name, which is the last.
            lines.add(String.join(
                    SEPARATOR,
                    spec.pool(),
                    spec.namespace(),
                    spec.image(),
                    each.imageId(),
                    Long.toString(each.snapId()),
                    spec.snapshot().orElse("")));
        }
        note.write(String.join("\n", lines));
    }

    /** Releases what a dead client has noted, unless something hangs on it. */
    void resume() throws RadosException {
        Optional<String> left = note.read();
        if (left.isPresent()) {
            List<Parent> noted = left.get().lines().map(ParentNote::parse).toList();
            parents.addAll(noted); // what is added on the way stands beside them
            boolean isWhole = true;
            for (Parent each : noted) {
                isWhole &= hasChildren(each) || new ReleaseParent(call).run(each, this::add);
            }
            if (isWhole) {
                note.erase();
            }
        }
    }

    private boolean hasChildren(Parent parent) throws RadosException {
        try {
            return !Children.of(call.rbdOf(parent.spec()), parent.imageId(), parent.snapId())
                    .isEmpty();
        } catch (NotFoundException gone) {
            return false;
        }
    }

    /** Removes the note. */
    void end() throws RadosException {
        note.erase();
    }

    private static Parent parse(String line) {
        String[] parts = line.split(SEPARATOR, PARTS);
        return new Parent(
                new ImageSpec(parts[0], parts[1], parts[2], Optional.of(parts[5])), parts[3], Long.parseLong(parts[4]));
    }
}
