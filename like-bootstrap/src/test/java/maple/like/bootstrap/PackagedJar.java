package maple.like.bootstrap;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The jar as a process, on a port of its own, as a deployment starts it. */
record PackagedJar(Process process, int port, Path log) {
    static PackagedJar start(Map<String, String> properties, Path log) throws IOException {
        int port = freePort();
        List<String> command = TestJvm.command("-jar", System.getProperty("packaged.jar"), "--server.port=" + port);
        properties.forEach((key, value) -> command.add("--" + key + "=" + value));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new PackagedJar(process, port, log);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    boolean isUp() {
        try {
            return send("GET", "/actuator/health/readiness", "me").status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    RawHttp.Answer send(String method, String path, String account) throws IOException {
        try (RawHttp http = new RawHttp(port)) {
            return http.send(request(method, path, account), false);
        }
    }

    static byte[] request(String method, String path, String account) {
        return (method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nAuthorization: Bearer "
                        + Service.token(account) + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
