package maple.like.bootstrap;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import maple.like.adapter.web.ProblemWriter;
import maple.like.adapter.web.StreamConnector;
import maple.like.adapter.web.StreamMonitor;
import maple.like.adapter.web.StreamSettings;
import maple.like.adapter.web.WebAdapter;
import maple.like.adapter.web.WebMonitor;
import maple.like.adapter.web.WebSettings;
import maple.like.bootstrap.local.LocalModeConfiguration;
import org.apache.catalina.core.StandardHost;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;

/** The REST API, and access to all other paths. */
@Configuration(proxyBeanMethods = false)
@Import({WebAdapter.class, TokenWiring.class, WebWiring.MalformedParameters.class})
class WebWiring {
    private static final String OPERATOR = "SCOPE_operator";

    @Bean
    static ConfigurationCheck configurationCheck(Environment environment) {
        return new ConfigurationCheck(environment);
    }

    @Bean
    WebSettings webSettings(LikeProperties properties) {
        LikeProperties.Auth auth = properties.auth();
        return new WebSettings(
                new WebSettings.Claims(auth.accountClaim(), auth.ownedClaim(), auth.rolesClaim()),
                properties.web().allowedOrigins(),
                properties.web().publicMaxAge(),
                properties.limits().changesPerMinute(),
                properties.limits().readsPerMinute());
    }

    @Bean
    WebMonitor webMonitor(MeterRegistry meters) {
        return new MeteredWebMonitor(meters);
    }

    /**
     * Health is public. The other endpoints need an operator's token, unless they have a port of their own, which
     * operators protect, or listen on the loopback interface only, as in local mode.
     */
    @Bean
    @Order(WebAdapter.API_CHAIN_ORDER + 1)
    SecurityFilterChain management(HttpSecurity http, Environment environment) {
        String base = environment.getProperty("management.endpoints.web.base-path", "/actuator");
        boolean openToAll = ManagementPortType.get(environment) == ManagementPortType.DIFFERENT
                || environment.getProperty(LocalModeConfiguration.ACTIVE, Boolean.class, false);
        return http.securityMatcher(EndpointRequest.toAnyEndpoint())
                .authorizeHttpRequests(requests -> {
                    // No health component has components, and Spring Boot fails on those of unknown ones.
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

    /** Other paths do not exist, and saying so reveals nothing. */
    @Bean
    @Order(WebAdapter.API_CHAIN_ORDER + 10)
    SecurityFilterChain everythingElse(HttpSecurity http) {
        return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .build();
    }

    @Bean
    StreamSettings streamSettings(LikeProperties properties) {
        return new StreamSettings(
                properties.live().maxRate(),
                properties.live().maxStreams(),
                properties.cache().l1Ttl());
    }

    @Bean
    StreamMonitor streamMonitor(MeterRegistry meters) {
        return new MeteredStreamMonitor(meters);
    }

    @Bean
    StreamConnector streamConnector() {
        return new TomcatConnector(StreamConnector.ofServlet());
    }

    @Bean
    ConnectionDrain connectionDrain() {
        return new ConnectionDrain(Duration.ofMillis(500));
    }

    /** Makes the valve answer all errors of Tomcat, in place of the host's own valve and of Spring Boot's error page. */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemErrorReports(ProblemWriter problems) {
        return factory -> factory.addContextCustomizers(context -> {
            for (ErrorPage page : context.findErrorPages()) {
                context.removeErrorPage(page);
            }
            StandardHost host = (StandardHost) context.getParent();
            host.setErrorReportValveClass(ProblemErrorReportValve.class.getName());
            host.getPipeline().addValve(new ProblemErrorReportValve(problems));
        });
    }

    /** Replaces the controller of Spring Boot's error page. */
    @Bean
    ErrorController noErrorPage() {
        return new ErrorController() {};
    }

    /** Rejects requests whose parameters Tomcat cannot parse. Does not log them, because Tomcat quotes the parameter. */
    @ControllerAdvice
    @Order(Ordered.HIGHEST_PRECEDENCE)
    static final class MalformedParameters {
        @ExceptionHandler
        void reject(InvalidParameterException e, HttpServletResponse response) throws IOException {
            response.sendError(e.getErrorCode());
        }
    }
}
