package maple.like.bootstrap.chaos;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import maple.like.adapter.redis.ChildProcess;
import maple.like.bootstrap.TestJvm;

/** One instance of the service in a process of its own, which somebody starts again whenever it ends. */
final class Instance {
    final int number;
    final int port = ChildProcess.freePort();
    final Path log;
    private final List<String> command;
    private volatile ChildProcess process;

    Instance(int number, Map<String, String> properties, Path directory) {
        this.number = number;
        this.log = directory.resolve("instance-" + number + ".log");
        this.command = TestJvm.serviceCommand(
                "--server.port=" + port, "--server.address=127.0.0.1", "--app.instance-id=" + name());
        properties.forEach((name, value) -> command.add("--" + name + "=" + value));
    }

    /** Also the name of its connections to Redis. */
    String name() {
        return "instance-" + number;
    }

    void start() {
        process = ChildProcess.start(command, log);
    }

    boolean alive() {
        return process.alive();
    }

    ChildProcess process() {
        return process;
    }

    @Override
    public String toString() {
        return name();
    }
}
