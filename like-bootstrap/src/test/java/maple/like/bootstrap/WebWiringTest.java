package maple.like.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import maple.like.adapter.jpa.RecordingDataSource;
import maple.like.application.contract.Fresh;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An instance behind a path of its own, called by pages of another origin, with limits. */
class WebWiringTest {
    private static final String PAGE = "https://page.example";

    @AutoClose
    private static Servers servers;

    private static Service service;

    final String name = servers.character(Fresh.name().value());
    final String account = Fresh.account().value();

    @BeforeAll
    static void start() {
        servers = new Servers();
        service = servers.startWith(
                RecordedDatabase.class,
                "server.servlet.context-path=/game",
                "like.web.allowed-origins=https://other.example," + PAGE,
                "like.web.public-max-age=10s",
                "like.limits.changes-per-minute=120",
                "like.limits.reads-per-minute=6");
    }

    private String path(String rest) {
        return "/game" + Service.path(name, rest);
    }

    private HttpRequest.Builder fromPage(String method, String path) {
        return service.request(method, path).header("Origin", PAGE);
    }

    private HttpResponse<String> change() {
        return Service.send(fromPage("PUT", path("/like")).header("Authorization", "Bearer " + Service.token(account)));
    }

    private static void assertReadable(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().allValues("Access-Control-Allow-Origin")).containsExactly(PAGE);
        assertThat(answer.headers().firstValue("Access-Control-Expose-Headers").orElse(""))
                .contains("X-Request-Id", "Retry-After");
        assertThat(answer.headers().allValues("Vary")).contains("Origin");
    }

    @Test
    void apiPageCallsTheServiceBehindItsPath() {
        assertThat(service.get("/game/openapi.yaml").body()).contains("- url: /game\n");
        assertThat(Service.send(service.request("GET", "/game/openapi.yaml").header("X-Forwarded-Prefix", "/outer"))
                        .body())
                .contains("- url: /outer/game\n");
        assertThat(service.get("/game/docs").statusCode()).isEqualTo(200);
    }

    @Test
    void preflightNeedsNoToken() {
        HttpResponse<String> answer = Service.send(fromPage("OPTIONS", path("/like"))
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization"));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().allValues("Access-Control-Allow-Origin")).containsExactly(PAGE);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Headers")).contains("authorization");
        HttpResponse<String> refused = Service.send(service.request("OPTIONS", path("/like"))
                .header("Origin", "https://evil.example")
                .header("Access-Control-Request-Method", "POST"));
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(refused.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void pageReadsAnswersAndProblemsOfEveryLayer() throws IOException {
        assertReadable(change(), 200);
        assertReadable(Service.send(fromPage("PUT", path("/like"))), 401);
        assertReadable(Service.send(fromPage("GET", "/game/nowhere")), 404);
        service.bean(RecordingDataSource.class).refuseConnections(true);
        try {
            String unknown = "/game" + Service.path(Fresh.name().value(), "/like/count");
            assertReadable(Service.send(fromPage("GET", unknown)), 503);
        } finally {
            service.bean(RecordingDataSource.class).refuseConnections(false);
        }
    }

    /** The first is rejected by Spring Security, the others by Tomcat, before any filter. */
    @ParameterizedTest
    @ValueSource(strings = {"/game/api/a;b", "/game/api/a%2Fb", "/game/api/%zz", "/game/api/a%00b"})
    void pageReadsRejectionsToo(String path) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        int port = Integer.parseInt(service.property("local.server.port"));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: " + PAGE + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().transferTo(answer);
        }
        assertThat(answer.toString(StandardCharsets.UTF_8))
                .startsWith("HTTP/1.1 400")
                .containsOnlyOnce("Access-Control-Allow-Origin: " + PAGE)
                .containsOnlyOnce("Access-Control-Expose-Headers: X-Request-Id");
    }

    @Test
    void publicReadsMayBeCachedAndNothingElse() {
        for (String method : List.of("GET", "HEAD")) {
            HttpResponse<String> count = service.send(method, path("/like/count"), null);
            assertThat(count.headers().allValues("Cache-Control")).containsExactly("public, max-age=10");
            assertThat(count.headers().firstValue("Pragma")).isEmpty();
        }
        String batch = "/game/api/v2/characters/likes?userIgn=" + name;
        HttpResponse<String> forAll = service.get(batch);
        assertThat(forAll.headers().allValues("Cache-Control")).containsExactly("public, max-age=10");
        HttpResponse<String> own = service.send("GET", batch, Service.token(account));
        assertThat(own.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
        for (HttpResponse<String> answer : List.of(forAll, own)) {
            assertThat(answer.headers().allValues("Vary")).contains("Origin", "Authorization");
        }
        assertThat(change().headers().firstValue("Cache-Control").orElse("")).contains("no-store");
        HttpResponse<String> unknown = service.get("/game" + Service.path("Unknown", "/like/count"));
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.headers().allValues("Cache-Control")).containsExactly("no-store");
    }

    @Test
    void accountThatChangesTooOftenIsRefusedAndNoOther() {
        List<HttpResponse<String>> answers = new ArrayList<>();
        do {
            answers.add(change());
        } while (answers.get(answers.size() - 1).statusCode() == 200 && answers.size() < 1000);
        HttpResponse<String> refused = answers.get(answers.size() - 1);
        assertReadable(refused, 429);
        assertThat(answers).hasSizeGreaterThan(60);
        assertThat(answers.get(0).headers().firstValue("RateLimit-Policy")).contains("\"changes\";q=120;w=60");
        assertThat(refused.body()).contains("\"code\":\"TOO_MANY_CHANGES\"");
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(refused.headers().firstValue("RateLimit")).contains("\"changes\";r=0;t=1");
        assertThat(service.metric("like.limits.exceeded", "limit", "changes")).isPositive();
        String another = Service.token(Fresh.account().value());
        assertThat(service.send("PUT", path("/like"), another).statusCode()).isEqualTo(200);
    }

    @Test
    void readsWithATokenHaveALimitOfTheirOwn() {
        String token = Service.token(account);
        for (int i = 0; i < 6; i++) {
            assertThat(service.send("GET", path("/like/status"), token).statusCode())
                    .isEqualTo(200);
        }
        HttpResponse<String> refused = service.send("GET", path("/like/count"), token);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("\"code\":\"TOO_MANY_READS\"");
        assertThat(service.get(path("/like/count")).statusCode()).isEqualTo(200);
        assertThat(change().statusCode()).isEqualTo(200);
    }
}
