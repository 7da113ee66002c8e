package io.jrados.osd.op;

/**
 * One watcher of an object.
 *
 * @param clientId its global id
 * @param cookie its handle
 * @param timeoutSeconds after which the cluster forgets it
 * @param address as Ceph prints it
 */
public record WatcherInfo(long clientId, long cookie, long timeoutSeconds, String address) {}
