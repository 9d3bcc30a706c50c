package maple.like.bootstrap.chaos;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import maple.like.adapter.redis.ChildProcess;
import maple.like.bootstrap.TestJvm;

/** One instance of the service, as a process that can be started again. */
final class Instance {
    final int number;
    final int port = ChildProcess.freePort();
    final Path log;
    private final List<String> command;
    private volatile ChildProcess process;
    private boolean expected;

    Instance(int number, Map<String, String> properties, Path directory) {
        this.number = number;
        this.log = directory.resolve(this + ".log");
        this.command = TestJvm.serviceCommand(
                "--server.port=" + port, "--server.address=127.0.0.1", "--app.instance-id=" + this);
        properties.forEach((name, value) -> command.add("--" + name + "=" + value));
    }

    synchronized void start() {
        process = ChildProcess.start(command, log);
        expected = true;
    }

    /** Unless it was killed or stopped on purpose. */
    synchronized void restartIfEnded() {
        if (expected && !process.alive()) {
            start();
        }
    }

    synchronized void kill() {
        expected = false;
        process.kill();
    }

    /** Begins to stop. */
    synchronized void terminate() {
        expected = false;
        process.terminate();
    }

    ChildProcess process() {
        return process;
    }

    @Override
    public String toString() {
        return "instance-" + number;
    }
}
