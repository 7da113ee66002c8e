package io.jrados.rbd;

import io.jrados.conf.Environment;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.model.ConfigOption;
import io.jrados.rbd.model.DiskUsage;
import io.jrados.rbd.model.DiskUsageOptions;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.PoolStatistics;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SummaryOptions;
import io.jrados.rbd.model.TrashEntry;
import io.jrados.rbd.ops.CloneImage;
import io.jrados.rbd.ops.ConfigOverrides;
import io.jrados.rbd.ops.CreateImage;
import io.jrados.rbd.ops.FindImage;
import io.jrados.rbd.ops.InitializePool;
import io.jrados.rbd.ops.ListImages;
import io.jrados.rbd.ops.MoveToTrash;
import io.jrados.rbd.ops.Namespaces;
import io.jrados.rbd.ops.OtherImages;
import io.jrados.rbd.ops.PoolMetadata;
import io.jrados.rbd.ops.PurgeTrash;
import io.jrados.rbd.ops.RemoveFromTrash;
import io.jrados.rbd.ops.RemoveImage;
import io.jrados.rbd.ops.RenameImage;
import io.jrados.rbd.ops.RestoreFromTrash;
import io.jrados.rbd.ops.SumUpPool;
import io.jrados.rbd.ops.TrashEntries;
import io.jrados.rbd.shared.SharedOtherImages;
import io.jrados.rbd.survey.CrowdedTrash;
import io.jrados.rbd.survey.MeasureImage;
import io.jrados.rbd.survey.SurveyImages;
import io.jrados.rbd.wait.Outcomes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Images by way of the verbs. */
final class RbdPool implements Rbd {
    private static final Logger LOG = LoggerFactory.getLogger(RbdPool.class);
    private static final Duration SLOW = Duration.ofSeconds(5);

    private final Pool pool;
    private final FindImage find;
    private final OtherImages others = new SharedOtherImages();

    /** The steps that open an image. */
    private interface Opening {
        Image open() throws RadosException;
    }

    RbdPool(Pool pool) {
        this.pool = pool;
        this.find = new FindImage(pool);
    }

    @Override
    public Pool pool() {
        return pool;
    }

    private String spec(String name) {
        return ImageSpec.of(pool.name(), name).inNamespace(pool.namespace()).toString();
    }

    private String cloning(ImageSpec parent, String child) {
        return "cloning " + parent + " to " + spec(child);
    }

    @Override
    public List<String> list() throws RadosException {
        return new ListImages(pool).run();
    }

    @Override
    public Map<String, String> ids() throws RadosException {
        return new ListImages(pool).namesToIds();
    }

    @Override
    public boolean exists(String name) throws RadosException {
        Objects.requireNonNull(name, "name");
        return find.exists(name);
    }

    @Override
    public String create(String name, long size, ImageOptions options) throws RadosException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(options, "options");
        if (size < 0) {
            throw new IllegalArgumentException("size: " + size);
        }
        return Outcomes.verbFor("creating image " + spec(name), new CreateImage(pool, name, size, options)::run);
    }

    @Override
    public Image open(String name) throws RadosException {
        Objects.requireNonNull(name, "name");
        return timed(name, () -> OpenImage.shared(context(find.id(name), name, SnapContext.HEAD, false)));
    }

    @Override
    public Image openReadOnly(String name) throws RadosException {
        Objects.requireNonNull(name, "name");
        return timed(name, () -> OpenImage.readOnly(context(find.id(name), name, SnapContext.HEAD, true)));
    }

    @Override
    public Image openSnapshot(String name, String snapshot) throws RadosException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(snapshot, "snapshot");
        return timed(name + "@" + snapshot, () -> {
            String id = find.id(name);
            return OpenImage.atSnapshot(context(id, name, find.snapshot(id, name, snapshot), true));
        });
    }

    @Override
    public Image openById(String id) throws RadosException {
        Objects.requireNonNull(id, "id");
        return timed(id, () -> OpenImage.shared(context(id, find.name(id), SnapContext.HEAD, false)));
    }

    @Override
    public Image openSnapshot(String name, long snapId) throws RadosException {
        Objects.requireNonNull(name, "name");
        return timed(name, () -> openAt(find.id(name), name, snapId));
    }

    @Override
    public Image openByIdReadOnly(String id) throws RadosException {
        Objects.requireNonNull(id, "id");
        return timed(id, () -> OpenImage.readOnly(context(id, find.name(id), SnapContext.HEAD, true)));
    }

    @Override
    public Image openSnapshotById(String id, long snapId) throws RadosException {
        Objects.requireNonNull(id, "id");
        return timed(id, () -> openAt(id, find.name(id), snapId));
    }

    /** Opens an image, and tells of it when that took long. */
    private Image timed(String image, Opening opening) throws RadosException {
        Environment environment = pool.rados().environment();
        long start = environment.nanoTime();
        Image opened = opening.open();
        Duration took = Duration.ofNanos(environment.nanoTime() - start);
        if (took.compareTo(SLOW) >= 0) {
            LOG.info("opening image {}/{} took {} ms", pool, Printable.of(image), took.toMillis());
            pool.rados().observer().imageOpenedSlowly(pool.name(), took);
        }
        return opened;
    }

    private Image openAt(String id, String name, long snapId) throws RadosException {
        find.requireSnapshot(id, name, snapId);
        return OpenImage.atSnapshot(context(id, name, snapId, true));
    }

    private ImageContext context(String id, String name, long snapId, boolean readOnly) throws RadosException {
        return Wait.on(ImageContext.openAsync(pool, id, name, snapId, readOnly));
    }

    @Override
    public String clone(ImageSpec parent, String child, ImageOptions options) throws RadosException {
        Objects.requireNonNull(parent, "parent");
        Objects.requireNonNull(child, "child");
        Objects.requireNonNull(options, "options");
        return Outcomes.verbFor(cloning(parent, child), new CloneImage(pool, parent, child, options, others)::run);
    }

    @Override
    public String clone(ImageSpec parent, long snapId, String child, ImageOptions options) throws RadosException {
        Objects.requireNonNull(parent, "parent");
        Objects.requireNonNull(child, "child");
        Objects.requireNonNull(options, "options");
        return Outcomes.verbFor(
                cloning(parent, child), new CloneImage(pool, parent, snapId, child, options, others)::run);
    }

    @Override
    public void rename(String name, String newName) throws RadosException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(newName, "newName");
        Outcomes.verb(
                "renaming image " + spec(name) + " to " + newName, new RenameImage(pool, name, newName, others)::run);
    }

    @Override
    public void moveToTrash(String name, Duration delay) throws RadosException {
        Objects.requireNonNull(name, "name");
        if (Objects.requireNonNull(delay, "delay").isNegative()) {
            throw new IllegalArgumentException("delay: " + delay);
        }
        Outcomes.verb("moving image " + spec(name) + " to the trash", new MoveToTrash(pool, name, delay)::run);
    }

    @Override
    public void remove(String name, Progress progress) throws RadosException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(progress, "progress");
        Outcomes.verb("removing image " + spec(name), new RemoveImage(pool, name, progress, others)::run);
    }

    @Override
    public List<TrashEntry> trash() throws RadosException {
        return new TrashEntries(pool).list();
    }

    @Override
    public TrashEntry trashEntry(String id) throws RadosException {
        Objects.requireNonNull(id, "id");
        return new TrashEntries(pool).get(id);
    }

    @Override
    public void restoreFromTrash(String id) throws RadosException {
        Objects.requireNonNull(id, "id");
        restore(id, Optional.empty());
    }

    @Override
    public void restoreFromTrash(String id, String newName) throws RadosException {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(newName, "newName");
        restore(id, Optional.of(newName));
    }

    private void restore(String id, Optional<String> newName) throws RadosException {
        Outcomes.verb(
                "restoring image " + id + " from the trash of " + spec(""),
                new RestoreFromTrash(pool, id, newName)::run);
    }

    @Override
    public void removeFromTrash(String id, boolean force, Progress progress) throws RadosException {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(progress, "progress");
        Outcomes.verb(
                "deleting image " + id + " from the trash of " + spec(""),
                new RemoveFromTrash(pool, id, force, progress, others)::run);
    }

    @Override
    public void purgeTrash(Instant before, Progress progress) throws RadosException {
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(progress, "progress");
        purgeTrash(progress, entry -> entry.defermentEnd().isBefore(before));
    }

    @Override
    public void purgeTrash(double threshold, Progress progress) throws RadosException {
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException("threshold: " + threshold + ", which is not from 0 to 1");
        }
        Objects.requireNonNull(progress, "progress");
        Set<String> chosen = new CrowdedTrash(pool, threshold, progress).run();
        if (!chosen.isEmpty()) {
            Instant now = Instant.ofEpochMilli(pool.rados().environment().wallClockMillis());
            purgeTrash(
                    progress,
                    entry ->
                            chosen.contains(entry.id()) || !entry.defermentEnd().isAfter(now));
        }
    }

    private void purgeTrash(Progress progress, Predicate<TrashEntry> chosen) throws RadosException {
        Outcomes.verb("purging the trash of " + spec(""), new PurgeTrash(pool, chosen, progress, others)::run);
    }

    @Override
    public List<DiskUsage> diskUsage(String name, DiskUsageOptions options, Progress progress) throws RadosException {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(progress, "progress");
        return new MeasureImage(pool, find.id(name), name, options, progress).run();
    }

    @Override
    public void describeImages(SummaryOptions options, Progress progress, Consumer<ImageSummary> each)
            throws RadosException {
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(each, "each");
        new SurveyImages(pool, options, progress).run(found -> each.accept(new Summary(found)));
    }

    @Override
    public List<String> namespaces() throws RadosException {
        return new Namespaces(pool).list();
    }

    @Override
    public boolean namespaceExists(String namespace) throws RadosException {
        Objects.requireNonNull(namespace, "namespace");
        return new Namespaces(pool).exists(namespace);
    }

    @Override
    public void createNamespace(String namespace) throws RadosException {
        Objects.requireNonNull(namespace, "namespace");
        Outcomes.verb(
                "creating namespace " + pool.name() + "/" + namespace, () -> new Namespaces(pool).create(namespace));
    }

    @Override
    public void removeNamespace(String namespace) throws RadosException {
        Objects.requireNonNull(namespace, "namespace");
        Outcomes.verb(
                "removing namespace " + pool.name() + "/" + namespace, () -> new Namespaces(pool).remove(namespace));
    }

    @Override
    public void initializePool(boolean force) throws RadosException {
        Outcomes.verb("preparing pool " + pool.name(), new InitializePool(pool, force)::run);
    }

    @Override
    public PoolStatistics statistics() throws RadosException {
        return new SumUpPool(pool).run();
    }

    @Override
    public Map<String, byte[]> metadata() throws RadosException {
        return new PoolMetadata(pool).list();
    }

    @Override
    public byte[] metadata(String key) throws RadosException {
        Objects.requireNonNull(key, "key");
        return new PoolMetadata(pool).get(key);
    }

    @Override
    public void setMetadata(String key, byte[] value) throws RadosException {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        new PoolMetadata(pool).set(key, value);
    }

    @Override
    public void removeMetadata(String key) throws RadosException {
        Objects.requireNonNull(key, "key");
        new PoolMetadata(pool).remove(key);
    }

    @Override
    public List<ConfigOption> config() throws RadosException {
        return ConfigOverrides.of(pool).list();
    }

    @Override
    public ConfigOption config(String option) throws RadosException {
        Objects.requireNonNull(option, "option");
        return ConfigOverrides.of(pool).get(option);
    }

    @Override
    public void setConfig(String option, String value) throws RadosException {
        Objects.requireNonNull(option, "option");
        Objects.requireNonNull(value, "value");
        String key = ConfigOverrides.of(pool).keyOf(option, value);
        setMetadata(key, value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void removeConfig(String option) throws RadosException {
        Objects.requireNonNull(option, "option");
        removeMetadata(ConfigOverrides.keyOf(option));
    }
}
