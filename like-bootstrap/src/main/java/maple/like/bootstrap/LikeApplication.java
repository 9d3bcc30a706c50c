package maple.like.bootstrap;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import maple.like.bootstrap.local.LocalModeConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/** Starts the like service, or a command beside it. */
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
    ErasureWiring.class,
    OperationWiring.class
})
public class LikeApplication {
    /** Runs until it is stopped; or runs a command, if the first argument names one. */
    public static void main(String[] args) throws ReflectiveOperationException {
        if (PackagedClassLoader.runs(LikeApplication.class, args)) {
            return;
        }
        Command.named(args).ifPresent(command -> System.exit(command.run(standardOutput(), args)));
        // Not in the log, which may be JSON lines and begins a second later.
        System.err.println("The like service is starting; its log follows on standard output.");
        SpringApplication.run(LikeApplication.class, args);
    }

    private static PrintStream standardOutput() {
        return new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    }
}
