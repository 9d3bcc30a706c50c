package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code deploy/healthy} asks where the service listens with the same variables. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere the loopback interface has one address")
class HealthyTest {
    private static final Path SCRIPT = Path.of("..", "deploy", "healthy").toAbsolutePath();
    private static final String OTHER_ADDRESS = "127.0.0.9";

    @TempDir
    private Path commands;

    /** Listens on one address and port, is ready on one path, and stands for a service with TLS if asked through it. */
    private boolean isHealthy(String address, int port, String path, String variables) throws Exception {
        HttpServer service;
        try {
            service = HttpServer.create(new InetSocketAddress(address, port), 0);
        } catch (BindException e) {
            return abort("port " + port + " is in use: " + e.getMessage());
        }
        service.createContext("/", exchange -> {
            boolean known = exchange.getRequestURI().getPath().equals(path + "/health/readiness");
            exchange.sendResponseHeaders(known ? 200 : 404, -1);
            exchange.close();
        });
        service.start();
        try {
            return run(variables.replace(
                            "PORT=own", "PORT=" + service.getAddress().getPort()))
                    == 0;
        } finally {
            service.stop(0);
        }
    }

    private int run(String variables) throws IOException, InterruptedException {
        ProcessBuilder script = new ProcessBuilder("bash", SCRIPT.toString()).inheritIO();
        script.environment().keySet().removeIf(name -> name.matches("(MANAGEMENT|SERVER)_.*"));
        for (String variable : variables.split(" ")) {
            script.environment().put(variable.split("=")[0], variable.split("=")[1]);
        }
        script.environment().merge("PATH", commands + ":", (path, first) -> first + path);
        return script.start().waitFor();
    }

    /** As it is called, without TLS. */
    private void replaceOpenssl() throws IOException {
        Path openssl = Files.write(commands.resolve("openssl"), List.of("""
                        #!/usr/bin/env bash
                        [[ "$1 $2 $3" == 's_client -quiet -connect' ]] || exit
                        exec 3<>"/dev/tcp/${4%:*}/${4##*:}"
                        cat >&3
                        touch "$0.used"
                        cat <&3"""));
        assertThat(openssl.toFile().setExecutable(true)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 0, /actuator, SERVER_PORT=own",
        "127.0.0.1, 0, /like/actuator, SERVER_PORT=own SERVER_SERVLET_CONTEXTPATH=/like",
        "127.0.0.1, 0, /base, SERVER_PORT=own MANAGEMENT_ENDPOINTS_WEB_BASE_PATH=/base",
        "127.0.0.1, 0, /like/actuator, SERVER_PORT=own MANAGEMENT_SERVER_PORT=own SERVER_SERVLET_CONTEXTPATH=/like",
        "127.0.0.1, 0, /actuator, MANAGEMENT_SERVER_PORT=own SERVER_SERVLET_CONTEXTPATH=/like",
        "127.0.0.1, 0, /own/actuator, MANAGEMENT_SERVER_PORT=own MANAGEMENT_SERVER_BASE_PATH=/own",
        // the default port
        "127.0.0.9, 8080, /like/actuator, SERVER_ADDRESS=127.0.0.9 SERVER_SERVLET_CONTEXT_PATH=/like",
        "127.0.0.9, 8080, /like/actuator, MANAGEMENT_SERVER_PORT=8080 SERVER_ADDRESS=127.0.0.9 SERVER_SERVLET_CONTEXT_PATH=/like",
        // an address of its own
        "127.0.0.9, 0, /actuator, SERVER_PORT=own SERVER_ADDRESS=127.0.0.9",
        "127.0.0.9, 0, /actuator, MANAGEMENT_SERVER_PORT=own MANAGEMENT_SERVER_ADDRESS=127.0.0.9 SERVER_ADDRESS=127.0.0.8",
        "127.0.0.1, 0, /actuator, MANAGEMENT_SERVER_PORT=own SERVER_ADDRESS=127.0.0.9",
        "127.0.0.1, 0, /actuator, SERVER_PORT=own SERVER_ADDRESS=0.0.0.0",
        "127.0.0.1, 0, /actuator, SERVER_PORT=own SERVER_ADDRESS=::"
    })
    void itAsksThePortAddressAndPathOfTheService(String address, int port, String path, String variables)
            throws Exception {
        assertThat(isHealthy(address, port, path, variables)).isTrue();
        assertThat(isHealthy(address, port, "/elsewhere", variables)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "true, SERVER_PORT=own SERVER_SSL_BUNDLE=web",
        "true, SERVER_PORT=own MANAGEMENT_SERVER_PORT=own SERVER_SSL_KEYSTORE=web.p12",
        "true, MANAGEMENT_SERVER_PORT=own SERVER_SSL_BUNDLE=web",
        "true, MANAGEMENT_SERVER_PORT=own MANAGEMENT_SERVER_SSL_BUNDLE=web",
        "false, MANAGEMENT_SERVER_PORT=own SERVER_SSL_BUNDLE=web MANAGEMENT_SERVER_SSL_ENABLED=false",
        "false, SERVER_PORT=own SERVER_SSL_BUNDLE=web SERVER_SSL_ENABLED=false"
    })
    void itUsesTlsWhereTheServiceDoes(boolean tls, String variables) throws Exception {
        replaceOpenssl();
        assertThat(isHealthy("127.0.0.1", 0, "/actuator", variables)).isTrue();
        assertThat(Files.exists(commands.resolve("openssl.used"))).isEqualTo(tls);
    }

    @Test
    void theDefaultPortIsTheServersWithTlsToo() throws Exception {
        replaceOpenssl();
        String variables = "MANAGEMENT_SERVER_PORT=8080 SERVER_SSL_BUNDLE=web MANAGEMENT_SERVER_SSL_ENABLED=false"
                + " SERVER_ADDRESS=" + OTHER_ADDRESS;
        assertThat(isHealthy(OTHER_ADDRESS, 8080, "/actuator", variables)).isTrue();
        assertThat(commands.resolve("openssl.used")).exists();
    }
}
