package io.jrados.crush;

/** The hierarchy of devices and the rules that place on it. Immutable. */
public final class CrushMap {
    /** No item at a position: CRUSH_ITEM_NONE. */
    public static final int NONE = 0x7fffffff;

    CrushMap() {}
}
