package io.jrados.conf;

import java.net.InetSocketAddress;

/**
 * The address at which a monitor may be, as far as the configuration tells.
 *
 * @param address for msgr2
 * @param priority those of the lowest come first
 * @param weight share of the clients among those of one priority, 0 in all for equal chances
 * @param insteadOf the address of the legacy protocol that the configuration has, when this one is a guess: port 3300
 *     of the same host. Empty otherwise
 */
public record MonitorEndpoint(InetSocketAddress address, int priority, int weight, String insteadOf) {
    /** An address that the configuration has. */
    public MonitorEndpoint(InetSocketAddress address, int priority, int weight) {
        this(address, priority, weight, "");
    }
}
