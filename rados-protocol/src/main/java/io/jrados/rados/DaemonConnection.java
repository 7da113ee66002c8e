package io.jrados.rados;

import io.jrados.conf.ConnectionMode;
import java.net.InetSocketAddress;

/**
 * An open connection of a client.
 *
 * @param daemon who is there: {@code mon.a}, {@code osd.3}
 * @param address as the cluster's maps have it
 * @param mode what both ends agreed on
 */
public record DaemonConnection(String daemon, InetSocketAddress address, ConnectionMode mode) {}
