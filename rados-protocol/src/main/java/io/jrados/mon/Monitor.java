package io.jrados.mon;

import io.jrados.conf.MonitorEndpoint;
import io.jrados.wire.EntityAddr;

/**
 * One monitor that can be tried.
 *
 * @param name empty while only its address is known
 * @param address of msgr2, {@link EntityAddr#BLANK} if it has none
 * @param priority those of the lowest come first
 * @param weight share of the clients among those of one priority
 * @param insteadOf the address that the configuration has, when this one is a guess; empty otherwise
 */
record Monitor(String name, EntityAddr address, int priority, int weight, String insteadOf) {
    Monitor(String name, EntityAddr address, int priority, int weight) {
        this(name, address, priority, weight, "");
    }

    /** A monitor of ceph.conf or of DNS. */
    static Monitor at(MonitorEndpoint endpoint) {
        return new Monitor(
                "", EntityAddr.msgr2(endpoint.address()), endpoint.priority(), endpoint.weight(), endpoint.insteadOf());
    }

    @Override
    public String toString() {
        String where = address.isBlank()
                ? "no msgr2 address"
                : address.toSocketAddress().toString().substring(1);
        String guess = insteadOf.isEmpty() ? "" : " (tried for " + insteadOf + ", which is of the legacy protocol)";
        return (name.isEmpty() ? where : "mon." + name + " (" + where + ")") + guess;
    }
}
