package io.jrados.rbd.model;

import java.util.List;

/**
 * The holders of an image's lock, as {@code rbd lock ls} shows it.
 *
 * @param exclusive whether one client at a time can have it
 * @param tag {@code internal} for the managed lock; what those who share an advisory one agree on
 */
public record LockHolders(List<LockHolder> holders, boolean exclusive, String tag) {
    public LockHolders {
        holders = List.copyOf(holders);
    }
}
