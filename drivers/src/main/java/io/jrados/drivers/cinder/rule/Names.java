package io.jrados.drivers.cinder.rule;

import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.rbd.model.ImageSpec;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The names by which Cinder tells what an image or a snapshot is for. */
public final class Names {
    public static final String CLONE_SNAPSHOT = ".clone_snap";
    public static final String DELETED = ".deleted";

    /** An image that is to take a volume's name. */
    public static final String IMPORT = ".import";

    /** An image that had a volume's name until another took it. */
    public static final String REPLACED = ".replaced";

    private static final Predicate<String> BACKUP =
            Pattern.compile("backup\\.[a-z0-9-]+?\\.snap\\..+").asMatchPredicate();

    private Names() {}

    /** The name that a volume has, or had before it was set aside or replaced. */
    public static String alive(String name) {
        return without(without(name, DELETED), REPLACED);
    }

    private static String without(String name, String ending) {
        return name.endsWith(ending) ? name.substring(0, name.length() - ending.length()) : name;
    }

    public static String cloneSnapshot(String clone) {
        return alive(clone) + CLONE_SNAPSHOT;
    }

    /** Whether a parent is the volume that the child was cloned from, and neither an image nor a user's snapshot. */
    public static boolean isClonedFrom(ImageSpec parent, String child) {
        return parent.snapshot().equals(Optional.of(cloneSnapshot(child)));
    }

    public static boolean isBackup(String snapshot) {
        return BACKUP.test(snapshot);
    }

    /** The id in the name of a volume; empty for an image of another name. */
    public static Optional<String> volumeId(CinderOptions options, String name) {
        return id(options.volumeNameTemplate(), name);
    }

    public static Optional<String> snapshotId(CinderOptions options, String name) {
        return id(options.snapshotNameTemplate(), name);
    }

    private static Optional<String> id(String template, String name) {
        int at = template.indexOf("%s");
        String before = template.substring(0, at);
        String after = template.substring(at + 2);
        boolean fits =
                name.length() > before.length() + after.length() && name.startsWith(before) && name.endsWith(after);
        return fits ? Optional.of(name.substring(before.length(), name.length() - after.length())) : Optional.empty();
    }
}
