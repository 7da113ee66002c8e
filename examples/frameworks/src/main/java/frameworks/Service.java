package frameworks;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.jrados.conf.CephConf;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.ProtocolVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** A service of Spring Boot that has gRPC, a client of Redis and jrados in one process, on whatever Netty Boot chose. */
@SpringBootApplication
public class Service {
    /** @param arguments the pool, and the name of the image to make and remove */
    public static void main(String[] arguments) throws Exception {
        SpringApplication boot = new SpringApplication(Service.class);
        try (ConfigurableApplicationContext context = boot.run("--server.port=0")) {
            System.out.println(grpc() + " " + redis() + " " + ceph(arguments[0], arguments[1]));
        }
    }

    private static String grpc() throws IOException {
        MethodDescriptor<String, String> echo = MethodDescriptor.<String, String>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("example/echo")
                .setRequestMarshaller(new Text())
                .setResponseMarshaller(new Text())
                .build();
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder("example")
                        .addMethod(echo, ServerCalls.asyncUnaryCall((request, observer) -> {
                            observer.onNext(request);
                            observer.onCompleted();
                        }))
                        .build())
                .build()
                .start();
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
        try {
            return ClientCalls.blockingUnaryCall(channel, echo, CallOptions.DEFAULT, "ECHO");
        } finally {
            channel.shutdownNow();
            server.shutdownNow();
        }
    }

    private static String redis() throws IOException {
        try (PongServer server = new PongServer()) {
            RedisClient client = RedisClient.create("redis://127.0.0.1:" + server.port());
            client.setOptions(ClientOptions.builder()
                    .protocolVersion(ProtocolVersion.RESP2)
                    .pingBeforeActivateConnection(false)
                    .build());
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                return connection.sync().ping();
            } finally {
                client.shutdown();
            }
        }
    }

    private static String ceph(String pool, String name) throws IOException, ExecutionException, InterruptedException {
        try (Rados rados = Rados.connect(CephConf.load())) {
            Rbd rbd = Rbd.on(rados.pool(pool));
            rbd.create(name, 4 << 20, ImageOptions.DEFAULT);
            try (Image image = rbd.open(name)) {
                image.writeAsync(0, ByteBuffer.wrap("pure Java".getBytes(StandardCharsets.US_ASCII)))
                        .get();
                ByteBuffer back = ByteBuffer.allocate(9);
                image.readAsync(0, back).get();
                return new String(back.array(), StandardCharsets.US_ASCII);
            } finally {
                rbd.remove(name, Progress.NONE);
            }
        }
    }
}
