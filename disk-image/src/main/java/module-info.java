/** Disk images as clouds store them: raw and qcow2. */
module io.jrados.disk {
    requires transitive io.jrados.rados;
    requires static org.jspecify;

    exports io.jrados.disk;
    exports io.jrados.disk.model;
}
