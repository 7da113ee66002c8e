package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.model.Manageable;
import io.jrados.drivers.cinder.model.Page;
import io.jrados.drivers.cinder.rule.Names;
import io.jrados.drivers.cinder.rule.Sizes;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotInfo.Namespace;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lists the images of the pool, or their snapshots, with what speaks against managing them. */
public final class ListManageable {
    private static final Logger LOG = LoggerFactory.getLogger(ListManageable.class);

    private final Call call;
    private final Collection<String> known;

    /** @param known ids of the volumes or snapshots that Cinder has */
    public ListManageable(Call call, Collection<String> known) {
        this.call = call;
        this.known = known;
    }

    private interface Look {
        void at(Image image) throws RadosException;
    }

    public List<Manageable> volumes(Page page) throws RadosException {
        List<Manageable> found = new ArrayList<>();
        forEach(image -> {
            Optional<String> id = Names.volumeId(call.options(), image.name()).filter(known::contains);
            found.add(new Manageable(
                    image.name(), Optional.empty(), Sizes.roundedUp(image.size()), whyNot(image, id), id));
        });
        return part(found, page);
    }

    private static Optional<String> whyNot(Image image, Optional<String> id) throws RadosException {
        if (id.isPresent()) {
            return Optional.of("already managed");
        }
        if (image.name().endsWith(Names.DELETED)) {
            return Optional.of("volume marked as deleted");
        }
        return image.watchers().isEmpty() ? Optional.empty() : Optional.of("volume in use");
    }

    public List<Manageable> snapshots(Page page) throws RadosException {
        List<Manageable> found = new ArrayList<>();
        forEach(image -> {
            for (SnapshotInfo snapshot : image.snapshots()) {
                if (snapshot.namespace() == Namespace.USER) {
                    found.add(entry(image, snapshot));
                }
            }
        });
        return part(found, page);
    }

    private Manageable entry(Image image, SnapshotInfo snapshot) {
        String name = snapshot.name();
        Optional<String> id = Names.snapshotId(call.options(), name).filter(known::contains);
        Optional<String> why = id.isPresent()
                ? Optional.of("already managed")
                : name.endsWith(Names.CLONE_SNAPSHOT)
                        ? Optional.of("used for clone snap")
                        : name.startsWith("backup") && name.contains(".snap.")
                                ? Optional.of("used for volume backup")
                                : Optional.empty();
        return new Manageable(name, Optional.of(image.name()), Sizes.roundedUp(snapshot.size()), why, id);
    }

    /** Leaves out those that vanish meanwhile, or cannot be read. */
    private void forEach(Look look) throws RadosException {
        Rbd rbd = call.rbd();
        for (String name : rbd.list()) {
            call.checkGoesOn(
                    "listing what can be managed in pool " + call.options().pool());
            try (Image image = rbd.openReadOnly(name)) {
                look.at(image);
            } catch (RadosException unreadable) {
                LOG.debug("image {} is left out of the listing: {}", name, unreadable.getMessage());
            }
        }
    }

    private static List<Manageable> part(List<Manageable> all, Page page) throws DriverException {
        Comparator<Manageable> byName = Comparator.comparing(Manageable::name)
                .thenComparing(each -> each.source().orElse(""));
        Comparator<Manageable> order = page.order() == Page.Order.SIZE
                ? Comparator.comparingLong(Manageable::size).thenComparing(byName)
                : byName;
        List<Manageable> sorted = new ArrayList<>(all);
        sorted.sort(page.descending() ? order.reversed() : order);
        int begin = 0;
        if (page.marker().isPresent()) {
            List<String> names = sorted.stream().map(Manageable::name).toList();
            begin = names.lastIndexOf(page.marker().get()) + 1;
            if (begin == 0) {
                throw new DriverException(
                        Kind.INVALID,
                        "listing what comes after " + page.marker().get() + ", which is not there");
            }
        }
        return sorted.stream()
                .skip((long) begin + page.offset())
                .limit(page.limit())
                .toList();
    }
}
