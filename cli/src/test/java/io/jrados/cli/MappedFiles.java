package io.jrados.cli;

import io.jrados.conf.CephConf;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Run in a JVM of its own: does some work, then prints which files are mapped into the process. */
final class MappedFiles {
    private MappedFiles() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("client")) {
            client(arguments[1]);
        } else {
            plainJava();
        }
    }

    private static void client(String pool) throws Exception {
        CephConf conf = CephConf.builder()
                .environment(System.getenv())
                .set("ms_client_mode", "secure")
                .set("ms_mon_client_mode", "secure")
                .build();
        try (Rados rados = Rados.connect(conf)) {
            Pool io = rados.pool(pool);
            io.writeFull("object", ByteBuffer.wrap(new byte[4096]));
            Rbd rbd = Rbd.on(io);
            rbd.create("native-free", 8 << 20, ImageOptions.LAYERING);
            try (Image image = rbd.open("native-free")) {
                image.write(0, ByteBuffer.allocateDirect(1 << 20));
                image.read(0, ByteBuffer.allocateDirect(1 << 20));
            }
            print();
        }
    }

    /**
     * Uses the parts of the JDK that a client needs: a selector, sockets with options, name look-up, AES, HMAC and
     * random numbers.
     */
    private static void plainJava() throws Exception {
        Cipher aes = Cipher.getInstance("AES/GCM/NoPadding");
        aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[16], "AES"), new GCMParameterSpec(128, new byte[12]));
        aes.doFinal(new byte[64]);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(new byte[16], "HmacSHA256"));
        mac.doFinal(new SecureRandom().generateSeed(8));
        try (ServerSocketChannel server = ServerSocketChannel.open();
                Selector selector = Selector.open()) {
            server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
            try (SocketChannel channel = SocketChannel.open(server.getLocalAddress())) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.supportedOptions();
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_WRITE);
                selector.select(1000);
                channel.write(ByteBuffer.allocateDirect(16));
                print();
            }
        }
    }

    private static void print() throws Exception {
        System.out.println(Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.indexOf('/') > 0)
                .map(line -> line.substring(line.indexOf('/')))
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .collect(Collectors.joining("\n")));
    }
}
