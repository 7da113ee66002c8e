/** What clouds call. */
module io.jrados.drivers {
    requires transitive io.jrados.rbd;
    requires org.slf4j;
    requires static org.jspecify;
}
