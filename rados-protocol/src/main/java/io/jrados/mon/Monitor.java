package io.jrados.mon;

import io.jrados.wire.EntityAddr;

/**
 * One monitor that can be tried.
 *
 * @param name empty while only its address is known
 * @param address of msgr2, {@link EntityAddr#BLANK} if it has none
 * @param priority those of the lowest come first
 * @param weight share of the clients among those of one priority
 */
record Monitor(String name, EntityAddr address, int priority, int weight) {
    /** A monitor of ceph.conf. */
    static Monitor at(EntityAddr address) {
        return new Monitor("", address, 0, 0);
    }

    @Override
    public String toString() {
        String where = address.isBlank()
                ? "no msgr2 address"
                : address.toSocketAddress().toString().substring(1);
        return name.isEmpty() ? where : "mon." + name + " (" + where + ")";
    }
}
