package io.jrados.rbd.io;

import io.jrados.osd.op.SnapContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One RADOS object: its head and the clones that its snapshots see, as src/osd/PrimaryLogPG.cc keeps them. */
public final class MemoryObject {
    public byte @Nullable [] head;
    boolean isLocked;
    private long sequence;
    private List<Clone> clones = new ArrayList<>();

    private record Clone(long id, List<Long> snaps, byte[] data) {}

    MemoryObject copy() {
        MemoryObject copy = new MemoryObject();
        copy.head = head == null ? null : head.clone();
        copy.isLocked = isLocked;
        copy.sequence = sequence;
        copy.clones = new ArrayList<>(clones);
        return copy;
    }

    /** Preserves the head for snapshots before a write changes it. */
    void preserve(SnapContext snapContext) {
        if (snapContext.sequence() <= sequence) {
            return;
        }
        List<Long> newer = new ArrayList<>();
        for (long id : snapContext.snaps()) {
            if (id > sequence) {
                newer.add(id);
            }
        }
        if (head != null && !newer.isEmpty()) {
            clones.add(new Clone(newer.get(0), newer, head.clone()));
        }
        sequence = snapContext.sequence();
    }

    /** The bytes at a snapshot, or null where the object does not exist. */
    byte @Nullable [] at(long snapId) {
        if (snapId == SnapContext.HEAD || snapId > sequence) {
            return head;
        }
        for (Clone clone : clones) {
            if (clone.id >= snapId) {
                return clone.snaps.contains(snapId) ? clone.data : null;
            }
        }
        return null;
    }

    void write(long offset, byte[] data) {
        byte[] grown = Arrays.copyOf(head == null ? new byte[0] : head, (int)
                Math.max(head == null ? 0 : head.length, offset + data.length));
        System.arraycopy(data, 0, grown, (int) offset, data.length);
        head = grown;
    }

    void zero(long offset, long length) {
        if (head != null && offset < head.length) {
            Arrays.fill(head, (int) offset, (int) Math.min(head.length, offset + length), (byte) 0);
        }
    }

    void truncate(long size) {
        if (head != null) {
            head = Arrays.copyOf(head, (int) size);
        }
    }

    void create() {
        if (head == null) {
            head = new byte[0];
        }
    }

    /** All states, for messages. */
    public Map<String, Integer> sizes() {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        clones.forEach(clone -> sizes.put(clone.snaps.toString(), clone.data.length));
        if (head != null) {
            sizes.put("head", head.length);
        }
        return sizes;
    }
}
