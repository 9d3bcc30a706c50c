package maple.like.adapter.web;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MaxUploadSizeExceededException;

/** An application around the adapter, as small as it gets: what an importer has to add is all here. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({WebAdapter.class, InMemoryLikes.class, TestApplication.Errors.class, TestApplication.Oddities.class})
class TestApplication {
    static final String KEYS_AWAY = "keys-away";

    @Bean
    JwtDecoder jwtDecoder() {
        JwtDecoder decoder = Hs256JwtDecoders.of(Token.SECRET, Token.RULES, Token.CLOCK);
        return token -> {
            if (token.equals(KEYS_AWAY)) {
                throw new JwtException("the keys are out of reach");
            }
            return decoder.decode(token);
        };
    }

    /** Setting the class besides adding the instance keeps the host from adding its own, which would come first. */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemErrorReports(ProblemWriter problems) {
        return factory -> factory.addContextCustomizers(context -> {
            StandardHost host = (StandardHost) context.getParent();
            host.setErrorReportValveClass(ProblemErrorReportValve.class.getName());
            host.getPipeline().addValve(new ProblemErrorReportValve(problems));
        });
    }

    @Bean
    @Order(WebAdapter.API_CHAIN_ORDER + 1)
    SecurityFilterChain operators(HttpSecurity http, TokenSecurity tokens) {
        return tokens.applyTo(http)
                .securityMatcher("/operators/**")
                .authorizeHttpRequests(requests -> requests.anyRequest().hasAuthority("SCOPE_operator"))
                .build();
    }

    /** The container includes the error page, rather than forwarding to it, once an answer is on its way. */
    @Bean
    @Order(WebAdapter.API_CHAIN_ORDER + 2)
    SecurityFilterChain everythingElse(HttpSecurity http, TokenSecurity tokens) {
        return tokens.applyTo(http)
                .authorizeHttpRequests(
                        requests -> requests.dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.INCLUDE)
                                .permitAll()
                                .anyRequest()
                                .denyAll())
                .build();
    }

    /** Where the container reports what nobody has answered. */
    @Controller
    static class Errors implements ErrorController {
        private final ProblemWriter problems;

        Errors(ProblemWriter problems) {
            this.problems = problems;
        }

        @RequestMapping("${spring.web.error.path:/error}")
        void error(HttpServletRequest request, HttpServletResponse response) throws IOException {
            problems.writeError(request, response);
        }
    }

    /** Calls that fail in ways the calls on likes do not. */
    @RestController
    static class Oddities {
        record Body(String text) {}

        @PostMapping("/api/test/json")
        Body json(@RequestBody Body body) {
            return body;
        }

        @GetMapping("/api/test/number")
        int number(@RequestParam int value) {
            return value;
        }

        @GetMapping("/api/test/large")
        void large() {
            throw new MaxUploadSizeExceededException(1);
        }

        @GetMapping("/api/test/denied")
        void denied() {
            throw new AccessDeniedException("not for you");
        }

        @GetMapping("/api/test/stack-overflow")
        void stackOverflow() {
            throw new StackOverflowError("internals");
        }

        @GetMapping("/api/test/half")
        void half(HttpServletResponse response) throws IOException {
            response.setContentType("text/csv");
            response.getOutputStream().write("half a li".getBytes(StandardCharsets.UTF_8));
            throw new IllegalStateException("internals");
        }

        @GetMapping("/api/test/broken-off")
        void brokenOff(HttpServletResponse response) throws IOException {
            response.getOutputStream().write("half a li".getBytes(StandardCharsets.UTF_8));
            response.flushBuffer();
            throw new IllegalStateException("internals");
        }

        @GetMapping("/operators/tools")
        String tools() {
            return "tools";
        }
    }
}
