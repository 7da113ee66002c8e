/** A program that embeds jrados; it runs on the class path as well. */
module embed {
    requires io.jrados.rbd;
}
