/** Disk images as clouds store them, raw and qcow2, in files, streams and on web servers. */
module io.jrados.disk {
    requires transitive io.jrados.rados;
    requires transitive java.net.http;
    requires static org.jspecify;

    exports io.jrados.disk;
    exports io.jrados.disk.http;
    exports io.jrados.disk.model;
}
