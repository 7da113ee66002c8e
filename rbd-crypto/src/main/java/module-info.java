/** The ciphers of encrypted images. */
module io.jrados.rbd.crypto {
    requires transitive io.jrados.rados;
    requires org.bouncycastle.provider;
    requires static org.jspecify;

    exports io.jrados.rbd.crypto;
}
