/** RBD format 2 in pure Java. */
module io.jrados.rbd {
    requires transitive io.jrados.rados;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.jrados.rbd;
    exports io.jrados.rbd.change;
    exports io.jrados.rbd.model;
    exports io.jrados.rbd.stream;
}
