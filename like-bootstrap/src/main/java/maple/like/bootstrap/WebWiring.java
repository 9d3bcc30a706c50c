package maple.like.bootstrap;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import maple.like.adapter.web.Hs256JwtDecoders;
import maple.like.adapter.web.Problem;
import maple.like.adapter.web.ProblemWriter;
import maple.like.adapter.web.TokenRules;
import maple.like.adapter.web.TokenSecurity;
import maple.like.adapter.web.WebAdapter;
import maple.like.bootstrap.local.LocalModeConfiguration;
import org.apache.catalina.core.StandardHost;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatusCode;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The REST API, and who may use it and what else listens on HTTP. */
@Configuration(proxyBeanMethods = false)
@Import({WebAdapter.class, WebWiring.MalformedParameters.class, WebWiring.ErrorPage.class})
class WebWiring {
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(60);
    private static final String OPERATOR = "SCOPE_operator";

    @Bean
    static ConfigurationCheck configurationCheck(Environment environment) {
        return new ConfigurationCheck(environment);
    }

    /** Without the property, Spring Boot makes a decoder of its own properties. */
    @Bean
    @ConditionalOnProperty(ConfigurationCheck.SECRET)
    JwtDecoder jwtDecoder(LikeProperties properties, OAuth2ResourceServerProperties standard, Clock clock) {
        List<String> audiences = standard.getJwt().getAudiences();
        try {
            return Hs256JwtDecoders.of(
                    Objects.requireNonNull(properties.auth().jwtSecret()),
                    new TokenRules(CLOCK_SKEW, null, audiences),
                    clock);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    ConfigurationCheck.SECRET + " cannot be used: " + e.getMessage() + ".",
                    "Set " + ConfigurationCheck.SECRET + " to a random text of 32 bytes or more.");
        }
    }

    /**
     * Health is for everybody; the rest is for operators, unless it has a port of its own, which is
     * for them alone, or nobody but the loopback interface can reach it.
     */
    @Bean
    @Order(WebAdapter.API_CHAIN_ORDER + 1)
    SecurityFilterChain management(HttpSecurity http, TokenSecurity tokens, Environment environment) {
        String base = environment.getProperty("management.endpoints.web.base-path", "/actuator");
        boolean openToAll = ManagementPortType.get(environment) == ManagementPortType.DIFFERENT
                || environment.getProperty(LocalModeConfiguration.ACTIVE, Boolean.class, false);
        return tokens.applyTo(http)
                .securityMatcher(EndpointRequest.toAnyEndpoint())
                .authorizeHttpRequests(requests -> {
                    // Spring Boot fails on a component within one that does not exist, and there are none within
                    // others.
                    requests.requestMatchers(base + "/health/*/*/**").denyAll();
                    requests.requestMatchers(EndpointRequest.to(HealthEndpoint.class))
                            .permitAll();
                    if (openToAll) {
                        requests.anyRequest().permitAll();
                    } else {
                        requests.anyRequest().hasAuthority(OPERATOR);
                    }
                })
                .build();
    }

    /** Nothing is behind any other path, which is no secret. */
    @Bean
    @Order(WebAdapter.API_CHAIN_ORDER + 10)
    SecurityFilterChain everythingElse(HttpSecurity http, TokenSecurity tokens) {
        return tokens.applyTo(http)
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .build();
    }

    @Bean
    ConnectionDrain connectionDrain() {
        return new ConnectionDrain();
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

    /**
     * Answers what Tomcat throws when somebody asks for a parameter and none can be read. It is not logged, because
     * Tomcat quotes the parameter.
     */
    @ControllerAdvice
    @Order(Ordered.HIGHEST_PRECEDENCE)
    static final class MalformedParameters {
        private final ProblemWriter problems;

        MalformedParameters(ProblemWriter problems) {
            this.problems = problems;
        }

        @ExceptionHandler
        void refuse(InvalidParameterException e, HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            problems.write(request, response, Problem.of(HttpStatusCode.valueOf(e.getErrorCode())));
        }
    }

    /** Reports what no other layer has answered. */
    @RestController
    static final class ErrorPage implements ErrorController {
        private final ProblemWriter problems;

        ErrorPage(ProblemWriter problems) {
            this.problems = problems;
        }

        @RequestMapping("${spring.web.error.path:/error}")
        void report(HttpServletRequest request, HttpServletResponse response) throws IOException {
            problems.writeError(request, response);
        }
    }
}
