package io.jrados.osdmap;

import io.jrados.crush.CrushMap;
import java.util.Arrays;

/**
 * The OSDs of one placement group under one map. Up is what the map's rules give, acting is who serves now; a position
 * of an erasure coded group that nobody fills holds {@link #NONE}.
 */
public final class Placement {
    /** No OSD: CRUSH_ITEM_NONE. */
    public static final int NONE = CrushMap.NONE;

    /** The placement of a group whose pool is gone. */
    public static final Placement NOWHERE = new Placement(new int[0], -1, new int[0], -1, -1);

    private final int[] up;
    private final int upPrimary;
    private final int[] acting;
    private final int actingPrimary;
    private final int primaryShard;

    /** Keeps the arrays: nobody writes to them any more. */
    Placement(int[] up, int upPrimary, int[] acting, int actingPrimary, int primaryShard) {
        this.up = up;
        this.upPrimary = upPrimary;
        this.acting = acting;
        this.actingPrimary = actingPrimary;
        this.primaryShard = primaryShard;
    }

    /** A copy of the up set. */
    public int[] up() {
        return up.clone();
    }

    /** The first of up, or -1. */
    public int upPrimary() {
        return upPrimary;
    }

    /** A copy of the acting set. */
    public int[] acting() {
        return acting.clone();
    }

    public int actingSize() {
        return acting.length;
    }

    /** The OSD at a position of acting, maybe {@link #NONE}. */
    public int acting(int position) {
        return acting[position];
    }

    /** The OSD that operations go to, or -1 when there is none: the operation has no home. */
    public int actingPrimary() {
        return actingPrimary;
    }

    /** The shard that the primary leads with, which operations must name; -1 in a replicated pool. */
    public int primaryShard() {
        return primaryShard;
    }

    /** The position of an OSD in acting, or -1. */
    public int positionOf(int osd) {
        for (int i = 0; i < acting.length; i++) {
            if (acting[i] == osd) {
                return i;
            }
        }
        return -1;
    }

    /** Whether operations must go to another primary, or to the same one in another position (src/osd/OSDMap.cc). */
    public boolean primaryDiffers(Placement other) {
        if (acting.length == 0 && other.acting.length == 0) {
            return false;
        }
        return acting.length == 0
                || other.acting.length == 0
                || actingPrimary != other.actingPrimary
                || positionOf(actingPrimary) != other.positionOf(other.actingPrimary);
    }

    /** Whether acting holds the same OSDs in the same positions. */
    public boolean sameActing(Placement other) {
        return Arrays.equals(acting, other.acting);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Placement that
                && upPrimary == that.upPrimary
                && actingPrimary == that.actingPrimary
                && Arrays.equals(up, that.up)
                && Arrays.equals(acting, that.acting);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(up) + Arrays.hashCode(acting);
    }

    /** {@code up ([1,2,0], p1) acting ([1,2,0], p1)}, as {@code ceph osd map} prints it. */
    @Override
    public String toString() {
        return "up (" + text(up) + ", p" + upPrimary + ") acting (" + text(acting) + ", p" + actingPrimary + ")";
    }

    private static String text(int[] osds) {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < osds.length; i++) {
            text.append(i == 0 ? "" : ",").append(osds[i] == NONE ? "NONE" : Integer.toString(osds[i]));
        }
        return text.append(']').toString();
    }
}
