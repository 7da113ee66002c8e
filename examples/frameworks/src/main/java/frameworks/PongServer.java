package frameworks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** As much of Redis as the example's client needs: it answers every command with PONG. */
final class PongServer implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

    PongServer() throws IOException {
        Thread thread = new Thread(this::serve, "pong");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return listening.getLocalPort();
    }

    private void serve() {
        try (Socket client = listening.accept();
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                // A command is "*N" and N times the length and the text of a word.
                for (int lines = 2 * Integer.parseInt(line.substring(1)); lines > 0; lines--) {
                    in.readLine();
                }
                client.getOutputStream().write("+PONG\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException ended) {
            // The client went, or the example is over.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
