package maple.like.bootstrap;

import maple.like.bootstrap.local.LocalModeConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/** Starts the like service, or its audit. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableConfigurationProperties(LikeProperties.class)
@Import({
    LocalModeConfiguration.class,
    ObservationWiring.class,
    RedisWiring.class,
    DatabaseWiring.class,
    NexonWiring.class,
    LikesWiring.class,
    MemoryWiring.class,
    WebWiring.class,
    SyncWiring.class,
    OperationWiring.class
})
public class LikeApplication {
    /** Runs until it is stopped; or audits, if the first argument is {@code audit}. */
    public static void main(String[] args) {
        if (AuditCommand.isMeant(args)) {
            System.exit(AuditCommand.run(args));
        }
        SpringApplication.run(LikeApplication.class, args);
    }
}
